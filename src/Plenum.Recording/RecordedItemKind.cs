namespace Plenum.Recording;

/// <summary>What an item of a recording is. The numbers stand in the file.</summary>
public enum RecordedItemKind
{
    /// <summary>Nothing; never in a file.</summary>
    None = 0,

    /// <summary>A frame, a snapshot or a value.</summary>
    Data = 1,

    /// <summary>The source's metadata, as its writer sent it.</summary>
    Metadata = 2,
}
