using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The two words with which an operation of one kind says "about to claim" and "claimed" of one
/// structure.</summary>
internal readonly struct StepClaims
{
    private readonly ClaimWord _doubt;
    private readonly ClaimWord _held;

    internal StepClaims(ClaimKind kind, long offset)
    {
        Kind = kind;
        Offset = offset;
        _doubt = new ClaimWord(kind, ClaimState.Doubt, offset);
        _held = new ClaimWord(kind, ClaimState.Held, offset);
    }

    internal ClaimKind Kind { get; }

    internal long Offset { get; }

    /// <summary>States what the interlocked operation that follows is about to claim.</summary>
    /// <param name="owners">The owner table of the segment.</param>
    /// <param name="first">First ticket, index or slot.</param>
    /// <param name="more">How many more follow it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord Begin(OwnerTable owners, uint first, uint more = 0)
    {
        OwnerRecord record = StepRecord.For(owners);
        record.Aux = first | ((ulong)more << 32);
        record.Say(_doubt);
        return record;
    }

    /// <summary>States that it was claimed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Hold(OwnerRecord record) => record.Say(_held);

    /// <summary>States that nothing is claimed (any more).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void End(OwnerRecord record) => record.Say(default);
}
