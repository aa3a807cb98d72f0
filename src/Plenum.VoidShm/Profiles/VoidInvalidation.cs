namespace Plenum.VoidShm;

/// <summary>How a writer marks a segment that it gives up, so that readers which have it mapped notice.</summary>
public enum VoidInvalidation
{
    /// <summary>Magic 0 and epoch + 1, then the name is removed.</summary>
    All = 0,

    /// <summary>Magic 0, then the name is removed.</summary>
    MagicZero = 1,

    /// <summary>Epoch + 1, then the name is removed.</summary>
    EpochPlusOne = 2,

    /// <summary>Only the name is removed: readers with a mapping notice when they look at the name.</summary>
    UnlinkOnly = 3,
}
