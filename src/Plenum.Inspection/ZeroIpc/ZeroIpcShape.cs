namespace Plenum.Inspection.ZeroIpc;

/// <summary>The shapes the table had (spec zeroipc 1.1 and 1.1a).</summary>
internal enum ZeroIpcShape
{
    /// <summary>32-byte header, 48-byte rows, version 2.</summary>
    V2 = 0,

    /// <summary>The same shape, version 1.</summary>
    V1Wide = 1,

    /// <summary>16-byte header, 40-byte rows, version 1.</summary>
    V1Narrow = 2,
}
