using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The table of a segment holds no entry of that name.</summary>
public sealed class EntryNotFoundException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="entryName">The entry that was not found.</param>
    public EntryNotFoundException(string message, string operation, string name, string entryName)
        : base(message, operation, name) => EntryName = entryName;

    /// <summary>The entry that was not found.</summary>
    public string EntryName { get; }
}
