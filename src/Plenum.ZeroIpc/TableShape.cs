namespace Plenum.ZeroIpc;

/// <summary>Which of the published table shapes a segment has (spec zeroipc 1.1, 1.1a).</summary>
public enum TableShape
{
    /// <summary>32-byte header, 48-byte entries, version 2: the only shape that is written.</summary>
    Current = 0,

    /// <summary>32-byte header, 48-byte entries, version 1 (format 1.2): table and arrays can be read.</summary>
    VersionOneWide = 1,

    /// <summary>16-byte header, 40-byte entries, version 1 (formats 1.0 and 1.1): table and arrays can be
    /// read.</summary>
    VersionOneNarrow = 2,
}
