namespace Plenum.VoidShm;

/// <summary>What one read found.</summary>
/// <param name="Code">Ok, or why there are no values.</param>
/// <param name="Verification">Whether the values are known to stem from one write.</param>
/// <param name="Channels">Rows.</param>
/// <param name="Length">Floats in each row.</param>
/// <param name="Epoch">Structural generation.</param>
/// <param name="Frame">Number of the write the values stem from.</param>
/// <param name="WriteTimeNanoseconds">Time of that write on the monotonic clock of this boot; 0 when the writer does
/// not say.</param>
/// <param name="FloatsCopied">Values stored into the caller's buffer; fewer than a frame when the buffer is
/// smaller.</param>
/// <param name="Retries">Attempts that were thrown away because the writer was in the middle of a write.</param>
/// <param name="FromSecondBuffer">The values come from the writer's second buffer.</param>
public readonly record struct VoidSnapshot(
    VoidValidity Code,
    VoidVerification Verification,
    int Channels,
    int Length,
    ulong Epoch,
    ulong Frame,
    long WriteTimeNanoseconds,
    int FloatsCopied,
    int Retries,
    bool FromSecondBuffer)
{
    /// <summary>True when values were read.</summary>
    public bool IsValid => Code == VoidValidity.Ok;

    /// <summary>Floats of a whole frame.</summary>
    public int FloatCount => Channels * Length;

    internal static VoidSnapshot Failed(VoidValidity code, int retries = 0) =>
        new(code, VoidVerification.None, 0, 0, 0, 0, 0, 0, retries, false);
}
