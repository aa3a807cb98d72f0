namespace ZeroBuffer;

/// <summary>Constants of the format.</summary>
public static class Constants
{
    /// <summary>Blocks are rounded up to this many bytes.</summary>
    public const int BlockAlignment = 64;
}
