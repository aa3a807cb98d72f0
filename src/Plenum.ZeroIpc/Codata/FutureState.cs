namespace Plenum.ZeroIpc;

/// <summary>How far a future or lazy value is. The numbers are those of the format.</summary>
public enum FutureState
{
    /// <summary>Nobody has begun.</summary>
    Pending = 0,

    /// <summary>Somebody is computing the value.</summary>
    Computing = 1,

    /// <summary>The value is there.</summary>
    Ready = 2,

    /// <summary>It failed, or was cancelled; there is an error text.</summary>
    Failed = 3,
}
