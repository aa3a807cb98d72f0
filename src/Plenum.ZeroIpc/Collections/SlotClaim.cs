namespace Plenum.ZeroIpc;

/// <summary>How the search for a key's slot ended.</summary>
internal enum SlotClaim
{
    /// <summary>No slot is free.</summary>
    Full = 0,

    /// <summary>The key is there; its slot is untouched.</summary>
    Present = 1,

    /// <summary>The key is there; its slot is held by the caller.</summary>
    Locked = 2,

    /// <summary>The key is not there; a free slot is held by the caller.</summary>
    Claimed = 3,
}
