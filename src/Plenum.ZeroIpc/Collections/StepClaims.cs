using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The words with which an operation of one kind says "about to claim", "claimed" and "claimed, but the one
/// before is still at it" of one structure.</summary>
internal readonly struct StepClaims
{
    private readonly ClaimWord _doubt;
    private readonly ClaimWord _held;
    private readonly ClaimWord _waiting;

    internal StepClaims(ClaimKind kind, long offset)
    {
        Kind = kind;
        Offset = offset;
        _doubt = new ClaimWord(kind, ClaimState.Doubt, offset);
        _held = new ClaimWord(kind, ClaimState.Held, offset);
        _waiting = new ClaimWord(kind, ClaimState.Queued, offset);
    }

    internal ClaimKind Kind { get; }

    internal long Offset { get; }

    /// <summary>States what the interlocked operation that follows is about to claim.</summary>
    /// <param name="near">The cells that the structure remembers.</param>
    /// <param name="first">First ticket, index or slot.</param>
    /// <param name="more">How many more follow it.</param>
    /// <returns>The cells that state it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SharedUInt64Pair Begin(ref NearStep near, uint first, uint more = 0)
    {
        SharedUInt64Pair step = near.Cells();
        Begin(step, first, more);
        return step;
    }

    /// <summary>The same with cells asked for before: nothing of the operation has to be kept across the call that a
    /// look-up may be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Begin(SharedUInt64Pair step, uint first, uint more = 0)
    {
        // PLAIN read by others only after this process died, or as a doubt; the claim that follows orders both.
        step.Second.WriteOwned(first | ((ulong)more << 32));
        step.First.WriteOwned(_doubt.Value);
    }

    /// <summary>The same without remembered cells.</summary>
    /// <param name="owners">The owner table of the segment.</param>
    /// <param name="first">Ticket, index or slot.</param>
    internal OwnerRecord Begin(OwnerTable owners, uint first)
    {
        OwnerRecord record = owners.Step();
        record.Aux = first;
        record.Say(_doubt);
        return record;
    }

    /// <summary>States that it was claimed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Hold(OwnerRecord record) => record.Say(_held);

    /// <inheritdoc cref="Hold(OwnerRecord)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Hold(SharedUInt64Pair step) => step.First.WriteOwned(_held.Value);

    /// <summary>States that it was claimed and waits until the operation before it is done.</summary>
    internal void Wait(SharedUInt64Pair step) => step.First.WriteOwned(_waiting.Value);

    /// <summary>States that nothing is claimed (any more).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void End(OwnerRecord record) => record.Say(default);

    /// <inheritdoc cref="End(OwnerRecord)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void End(SharedUInt64Pair step) => step.First.WriteOwned(0);
}
