using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The claim word of an owner record, taken apart.</summary>
/// <param name="Value">The word as it lies in memory.</param>
internal readonly record struct ClaimWord(ulong Value)
{
    private const int StateShift = 48;
    private const int KindShift = 56;
    private const ulong OffsetMask = (1UL << StateShift) - 1;
    private const ulong StateMask = 0xFFUL << StateShift;

    internal ClaimWord(ClaimKind kind, ClaimState state, long offset)
        : this(((ulong)kind << KindShift) | ((ulong)state << StateShift) | ((ulong)offset & OffsetMask))
    {
    }

    internal bool IsFree => Value == 0;

    internal long Offset => (long)(Value & OffsetMask);

    internal ClaimState State => (ClaimState)(byte)(Value >> StateShift);

    internal ClaimKind Kind => (ClaimKind)(byte)(Value >> KindShift);

    /// <summary>Whether its owner stands in the line of a lock.</summary>
    internal bool IsInLine => State is ClaimState.Queued or ClaimState.QueuedDoubt;

    /// <summary>Whether its owner holds what it names.</summary>
    internal bool IsHeld => State is ClaimState.Held or ClaimState.HeldServing;

    /// <summary>Whether a step's claim took place.</summary>
    internal bool IsClaimed => State is ClaimState.Held or ClaimState.Queued;

    /// <summary>Whether it names this field, whatever the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Names(ClaimKind kind, long offset) =>
        (Value & ~StateMask) == new ClaimWord(kind, ClaimState.None, offset).Value;
}
