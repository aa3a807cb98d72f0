namespace Plenum.Recording;

/// <summary>What the body of a block is.</summary>
internal enum BlockType : ushort
{
    None = 0,

    /// <summary>The recording's description, UTF-8 JSON; always the first block.</summary>
    Description = 1,

    /// <summary>Items.</summary>
    Items = 2,

    /// <summary>The totals; always the last block of a finished recording.</summary>
    End = 3,
}
