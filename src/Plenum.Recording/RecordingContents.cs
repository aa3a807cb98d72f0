namespace Plenum.Recording;

/// <summary>What the headers of a recording say.</summary>
/// <param name="Blocks">Whole blocks, the description and the end included.</param>
/// <param name="Items">Data items in them; metadata does not count.</param>
/// <param name="ItemBytes">Bytes of the blocks that hold items, headers included.</param>
/// <param name="Lost">Items that the recorder dropped.</param>
/// <param name="FirstTime">When the first item was taken, since the start of the recording.</param>
/// <param name="LastTime">When the last item was taken, since the start of the recording.</param>
/// <param name="Ending">How it ends.</param>
public sealed record RecordingContents(
    long Blocks,
    long Items,
    long ItemBytes,
    long Lost,
    TimeSpan FirstTime,
    TimeSpan LastTime,
    RecordingEnding Ending);
