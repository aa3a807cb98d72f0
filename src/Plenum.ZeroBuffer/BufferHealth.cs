namespace Plenum.ZeroBuffer;

/// <summary>How full a buffer is.</summary>
public enum BufferHealth
{
    /// <summary>Less than 80 % in use.</summary>
    Healthy = 0,

    /// <summary>80 % to 95 % in use.</summary>
    Degraded = 1,

    /// <summary>More than 95 % in use: the writer is about to block, or blocks.</summary>
    Critical = 2,
}
