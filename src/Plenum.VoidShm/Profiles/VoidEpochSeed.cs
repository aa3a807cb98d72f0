namespace Plenum.VoidShm;

/// <summary>The epoch a writer's first segment of a name starts with. Whatever is chosen, it is larger than that of a
/// stale segment.</summary>
public enum VoidEpochSeed
{
    /// <summary>One more than a stale segment's epoch; without one, derived from the time since boot.</summary>
    Continue = 0,

    /// <summary>0.</summary>
    Zero = 1,

    /// <summary>1.</summary>
    One = 2,

    /// <summary>Derived from the time since boot, which is never set back while a segment or a reader of it can
    /// live.</summary>
    Time = 3,
}
