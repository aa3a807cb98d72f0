using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One subscriber of a broadcast as its line says it.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Policy">What happens when it falls behind.</param>
/// <param name="Cursor">The next value it will read.</param>
/// <param name="LostCount">Values it found overwritten.</param>
/// <param name="IsEvicted">Whether it was let go.</param>
/// <remarks>Immutable; true at the moment of the look.</remarks>
public readonly record struct SubscriberInfo(
    ProcessIdentity Process, SubscriberPolicy Policy, ulong Cursor, ulong LostCount, bool IsEvicted);
