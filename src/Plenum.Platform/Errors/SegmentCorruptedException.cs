namespace Plenum.Platform;

/// <summary>A peer broke an invariant of the protocol: a field holds a value that no correct peer writes.</summary>
public sealed class SegmentCorruptedException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="field">The field, in the spec's spelling.</param>
    /// <param name="value">The value found.</param>
    public SegmentCorruptedException(string message, string operation, string name, string field, string value)
        : base(message, operation, name)
    {
        Field = field;
        Value = value;
    }

    /// <summary>The field, in the spec's spelling.</summary>
    public string Field { get; }

    /// <summary>The value found.</summary>
    public string Value { get; }
}
