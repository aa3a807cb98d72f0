namespace Plenum.VoidShm;

/// <summary>Limits of what this library writes and accepts.</summary>
public static class VoidLimits
{
    /// <summary>Most floats of a payload (256 Mi floats, 1 GiB); what fits one span of bytes.</summary>
    public const int MaxFloats = 0x1000_0000;
}
