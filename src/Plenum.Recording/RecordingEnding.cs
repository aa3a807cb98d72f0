namespace Plenum.Recording;

/// <summary>How a recording ends, as far as it was read.</summary>
public enum RecordingEnding
{
    /// <summary>The end was not reached yet.</summary>
    NotReached = 0,

    /// <summary>The recorder finished it.</summary>
    Complete = 1,

    /// <summary>The recorder did not finish it: the file ends after a whole block, or within one. Every whole block was
    /// readable.</summary>
    Unfinished = 2,
}
