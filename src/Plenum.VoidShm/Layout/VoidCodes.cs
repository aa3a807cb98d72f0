namespace Plenum.VoidShm;

/// <summary>The validity codes' names and their meaning in words.</summary>
/// <remarks>Thread-safe.</remarks>
public static class VoidCodes
{
    /// <summary>The code's name in the spec's spelling, for example <c>BAD_MAGIC</c>.</summary>
    /// <param name="code">The code.</param>
    public static string SpecName(VoidValidity code) => code switch
    {
        VoidValidity.Ok => "OK",
        VoidValidity.Missing => "MISSING",
        VoidValidity.Denied => "DENIED",
        VoidValidity.TooSmall => "TOO_SMALL",
        VoidValidity.BadMagic => "BAD_MAGIC",
        VoidValidity.BadVersion => "BAD_VERSION",
        VoidValidity.BadHeaderSize => "BAD_HEADER_SIZE",
        VoidValidity.BadShape => "BAD_SHAPE",
        VoidValidity.Truncated => "TRUNCATED",
        VoidValidity.Changed => "CHANGED",
        VoidValidity.BadName => "BAD_NAME",
        VoidValidity.Busy => "BUSY",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Unknown code."),
    };

    /// <summary>What the code means and what to do, in one sentence.</summary>
    /// <param name="code">The code.</param>
    public static string Explain(VoidValidity code) => code switch
    {
        VoidValidity.Ok => "valid",
        VoidValidity.Missing => "no segment of that name; start its writer, or check the name",
        VoidValidity.Denied => "the system refused access; run as the segment's owner, or let it be created for "
            + "everyone",
        VoidValidity.TooSmall => "smaller than a header, or created and not yet sized",
        VoidValidity.BadMagic => "another magic number: not a VOID segment of this profile, being created, or "
            + "invalidated (0)",
        VoidValidity.BadVersion => "another version than the profile's",
        VoidValidity.BadHeaderSize => "header_size disagrees with the profile; probe which profile fits",
        VoidValidity.BadShape => "channels or length is 0 or over the limit",
        VoidValidity.Truncated => "the payload does not fit the segment",
        VoidValidity.Changed => "it changed during every attempt to copy it",
        VoidValidity.BadName => "the name is empty, too long or contains a slash",
        VoidValidity.Busy => "a live writer owns the name",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Unknown code."),
    };
}
