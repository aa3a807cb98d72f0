using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The turn of the emitters of one stream: a word in the stream's wait site that names the process at
/// work.</summary>
/// <remarks>
/// <para>The peers' bytes have no room for it, and need none: they allow one emitter. The word is process number * 2^40
/// + start ticks, so a turn of a process that was killed is noticed and taken over. Held for a few instructions, so
/// others yield.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal readonly struct StreamTurn
{
    private const int ProcessShift = 40;
    private const ulong TicksMask = (1UL << ProcessShift) - 1;

    private static readonly ulong s_me = WordOf(ProcessIdentity.Current);

    private readonly SharedUInt64 _holder;

    internal StreamTurn(WaitSite site) => _holder = site.Holder;

    /// <summary>Takes the turn.</summary>
    /// <returns>Taken; taken from a process that died with it; or none, because its holder does not go on.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Taken Take() =>

        // CLAIM the turn.
        _holder.CompareExchange(s_me, 0) == 0 ? Taken.Yes : TakeSlow();

    /// <summary>Gives the turn to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Give() =>

        // PUBLISH [stream-turn] All that the emitter stored is visible to the next one.
        _holder.WriteRelease(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Taken TakeSlow()
    {
        SlotWait wait = default;
        while (true)
        {
            // OBSERVE [stream-turn] The turn is free.
            ulong found = _holder.ReadAcquire();
            if (found == 0)
            {
                found = _holder.CompareExchange(s_me, 0);
                if (found == 0)
                {
                    return Taken.Yes;
                }
            }

            if (wait.IsLookDue && IsDead(found) && _holder.CompareExchange(s_me, found) == found)
            {
                return Taken.FromTheDead;
            }

            if (!wait.Next())
            {
                return Taken.No;
            }
        }
    }

    private static bool IsDead(ulong word)
    {
        if (word >> ProcessShift == s_me >> ProcessShift)
        {
            return word != s_me;
        }

        return ProcessIdentity.Check((long)(word >> ProcessShift), word & TicksMask) == ProcessLiveness.Dead;
    }

    private static ulong WordOf(ProcessIdentity process) =>
        ((ulong)process.ProcessId << ProcessShift)
        | (OperatingSystem.IsLinux() ? process.StartTicks & TicksMask : 0);

    /// <summary>How taking a turn ended.</summary>
    internal enum Taken
    {
        /// <summary>The holder neither goes on nor is it dead.</summary>
        No = 0,

        /// <summary>Taken.</summary>
        Yes = 1,

        /// <summary>Taken over; what its holder did last may be half done.</summary>
        FromTheDead = 2,
    }
}
