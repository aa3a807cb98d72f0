using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The table of a segment holds an entry of that name already.</summary>
public sealed class EntryExistsException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="entryName">The name that is taken.</param>
    public EntryExistsException(string message, string operation, string name, string entryName)
        : base(message, operation, name) => EntryName = entryName;

    /// <summary>The name that is taken.</summary>
    public string EntryName { get; }
}
