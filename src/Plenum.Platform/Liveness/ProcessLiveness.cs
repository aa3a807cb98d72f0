namespace Plenum.Platform;

/// <summary>What is known about a process.</summary>
public enum ProcessLiveness
{
    /// <summary>It is gone, is a zombie, or its number now belongs to another process.</summary>
    Dead = 0,

    /// <summary>It runs.</summary>
    Alive = 1,

    /// <summary>It cannot be told: the number may belong to another pid namespace. Never treat this as dead.</summary>
    Unknown = 2,
}
