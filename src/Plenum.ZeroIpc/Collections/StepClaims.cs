using System.Runtime.CompilerServices;

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
    /// <param name="owners">The owner table of the segment.</param>
    /// <param name="near">The record that the structure remembers.</param>
    /// <param name="first">First ticket, index or slot.</param>
    /// <param name="more">How many more follow it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord Begin(OwnerTable owners, ref OwnerRecord near, uint first, uint more = 0)
    {
        OwnerRecord record = owners.Step(ref near);
        record.Aux = first | ((ulong)more << 32);
        record.Say(_doubt);
        return record;
    }

    /// <summary>The same without a remembered record.</summary>
    /// <inheritdoc cref="Begin(OwnerTable, ref OwnerRecord, uint, uint)"/>
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

    /// <summary>States that it was claimed and waits until the operation before it is done.</summary>
    internal void Wait(OwnerRecord record) => record.Say(_waiting);

    /// <summary>States that nothing is claimed (any more).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void End(OwnerRecord record) => record.Say(default);
}
