namespace Plenum.ZeroIpc;

/// <summary>How far the owner of a record had come. The values are part of the wait table's format.</summary>
/// <remarks>The states in doubt are left within a few instructions; a process that dies there leaves a record that does
/// not prove
/// whether its interlocked operation took place.</remarks>
internal enum ClaimState : byte
{
    /// <summary>The record is free.</summary>
    None = 0,

    /// <summary>About to take, or to give back: in doubt.</summary>
    Doubt = 1,

    /// <summary>Held.</summary>
    Held = 2,

    /// <summary>About to take ticket aux: in doubt.</summary>
    Queueing = 3,

    /// <summary>In line with ticket aux, awake or asleep.</summary>
    Queued = 4,

    /// <summary>At the front with ticket aux, about to take: in doubt.</summary>
    QueuedDoubt = 6,

    /// <summary>Held, and ticket aux is still being served.</summary>
    HeldServing = 7,

    /// <summary>A party that has left the meeting point and is expected again.</summary>
    Away = 8,
}
