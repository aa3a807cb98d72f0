using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The values of a broadcast, side by side, and the two words that say which of them are there.</summary>
/// <remarks>
/// <para>Values below <c>position</c> were published. Those from <c>claimed</c> - capacity on have not been touched
/// since; the publisher raises <c>claimed</c> before it writes and <c>position</c> behind the last value, once for each
/// batch. Both only grow, so a copy that <c>claimed</c> has not reached by a lap, looked at after the copy, is whole. A
/// subscriber that the publisher may not overtake needs no such look.</para>
/// <para>Worth: a sequence word in each slot, which this replaced, carried 51 million values of 8 bytes a second to one
/// gating reader, and twice the bytes went between the processors.</para>
/// </remarks>
internal readonly struct BroadcastSlots<T>
    where T : unmanaged
{
    private readonly SharedColumn<T> _values;
    private readonly SharedUInt64 _position;
    private readonly SharedUInt64 _claimed;
    private readonly uint _mask;

    internal BroadcastSlots(BroadcastCore core)
    {
        _values = core.Segment.Column<T>(core.SlotsOffset, core.Capacity);
        _position = core.Position;
        _claimed = core.Claimed;
        _mask = core.Capacity - 1;
    }

    // OBSERVE [broadcast-position] The values below are complete.
    internal ulong End
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _position.ReadAcquire();
    }

    /// <summary>Publishes one value.</summary>
    /// <param name="position">Its position, which is the end of what is published.</param>
    /// <param name="value">The value.</param>
    /// <param name="claim">Up to where the slots are the publisher's, at least behind this value; never less than
    /// before.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(ulong position, T value, ulong claim)
    {
        Claim(claim);
        _values.Write((uint)position & _mask, value);
        StepHook.At("broadcast-stored");
        Publish(position + 1);
    }

    /// <summary>Publishes several values, at most the capacity, with one store.</summary>
    /// <inheritdoc cref="Write(ulong, T, ulong)"/>
    internal void Write(ulong position, ReadOnlySpan<T> values, ulong claim)
    {
        Claim(claim);
        Span<T> ring = _values.AsSpan();
        Span<T> ahead = ring[(int)((uint)position & _mask)..];
        if (values.Length <= ahead.Length)
        {
            values.CopyTo(ahead);
        }
        else
        {
            values[..ahead.Length].CopyTo(ahead);
            values[ahead.Length..].CopyTo(ring);
        }

        StepHook.At("broadcast-stored");
        Publish(position + (ulong)values.Length);
    }

    /// <summary>A published value that the publisher may not overtake.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T Read(ulong position) => _values.Read((uint)position & _mask);

    /// <summary>Copies published values, at most the capacity; see <see cref="Oldest"/>.</summary>
    internal void Copy(ulong position, Span<T> values)
    {
        Span<T> ring = _values.AsSpan();
        Span<T> ahead = ring[(int)((uint)position & _mask)..];
        if (values.Length <= ahead.Length)
        {
            ahead[..values.Length].CopyTo(values);
        }
        else
        {
            ahead.CopyTo(values);
            ring[..(values.Length - ahead.Length)].CopyTo(values[ahead.Length..]);
        }
    }

    /// <summary>The first position whose value was whole until now: what was copied from there on is.</summary>
    internal ulong Oldest()
    {
        // FENCE loads of the values, then the load of claimed: a copy that holds a byte of a later lap was preceded by
        //   that lap's claim, which is seen here.
        Volatile.ReadBarrier();
        ulong claimed = _claimed.ReadOwned();
        return claimed - Math.Min(claimed, _mask + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Claim(ulong claim)
    {
        // FENCE store of the claim, then the stores of the values: who copies any of them sees the claim afterwards.
        //   Weaker: half of a new value is copied and claimed does not tell yet.
        _claimed.WriteOwned(claim);
        Volatile.WriteBarrier();
        StepHook.At("broadcast-claimed");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish(ulong end)
    {
        // PUBLISH [broadcast-position] The values below are complete.
        _position.WriteRelease(end);
        StepHook.At("broadcast-published");
    }
}
