namespace Plenum.Platform;

/// <summary>The segment is not of the expected format, version or size.</summary>
public sealed class SegmentFormatException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="expected">What the format demands.</param>
    /// <param name="actual">What was found.</param>
    /// <param name="offset">Offset of the offending field in bytes from the start of the segment; -1 when it is not one
    /// field.</param>
    public SegmentFormatException(
        string message, string operation, string name, string expected, string actual, long offset = -1)
        : base(message, operation, name)
    {
        Expected = expected;
        Actual = actual;
        Offset = offset;
    }

    /// <summary>What the format demands.</summary>
    public string Expected { get; }

    /// <summary>What was found.</summary>
    public string Actual { get; }

    /// <summary>Offset of the offending field in bytes from the start of the segment; -1 when it is not one
    /// field.</summary>
    public long Offset { get; }
}
