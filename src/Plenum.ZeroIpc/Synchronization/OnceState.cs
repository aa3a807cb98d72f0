namespace Plenum.ZeroIpc;

/// <summary>State of a <see cref="SharedOnce"/> as it lies in memory (spec zeroipc 2.13).</summary>
public enum OnceState
{
    /// <summary>Nobody has begun.</summary>
    Pending = 0,

    /// <summary>A process executes.</summary>
    Executing = 1,

    /// <summary>Executed.</summary>
    Done = 2,
}
