using Plenum.Platform;
using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Writing;

/// <summary>An existing segment under a name that a writer wants: is its owner alive, and what is its epoch?</summary>
internal sealed class StaleSegment
{
    private const int ObservationStepMilliseconds = 10;

    private readonly SharedSegment _segment;
    private readonly VoidLayout _layout;
    private readonly TrailerFacts _trailer;

    internal StaleSegment(SharedSegment segment, VoidLayout layout)
    {
        _segment = segment;
        _layout = layout;
        _trailer = ReadTrailer();
    }

    /// <summary>The process named in the trailer; 0 without one.</summary>
    internal long ProcessId => _trailer.IsPresent ? _trailer.ProcessId : 0;

    internal ulong Epoch => Header().Epoch;

    /// <summary>Judges a segment whose role lock this process holds, so no live writer of this library owns
    /// it.</summary>
    /// <param name="observation">How long a segment without any trace of its writer is watched for movement.</param>
    internal bool IsOwnerAlive(TimeSpan observation)
    {
        if (Header().Magic == 0)
        {
            return false;
        }

        if (_trailer.IsPresent)
        {
            // A writer that takes the role lock and does not hold it is gone. One that does not use locks is asked for
            // by its number;
            // an unknown answer (another pid namespace) is not a death.
            return (_trailer.Flags & TrailerV1.FlagRoleLock) == 0
                && _trailer.BootId == TrailerFacts.CurrentBoot
                && ProcessIdentity.Check(_trailer.ProcessId, _trailer.ProcessStart) != ProcessLiveness.Dead;
        }

        return Moves(observation);
    }

    internal void Invalidate() => WriterSession.Invalidate(
        _layout,
        new HeaderWord(_segment, _layout, VoidField.Magic),
        new HeaderWord(_segment, _layout, VoidField.Epoch),
        Epoch);

    private bool Moves(TimeSpan observation)
    {
        VoidHeader first = Header();
        long end = MonotonicClock.Deadline(observation);
        using var never = new ManualResetEventSlim(false);
        while (MonotonicClock.Nanoseconds < end)
        {
            _ = never.Wait(ObservationStepMilliseconds);
            VoidHeader now = Header();
            if (now.Frame != first.Frame || now.Epoch != first.Epoch)
            {
                return true;
            }
        }

        return false;
    }

    private VoidHeader Header()
    {
        // Copied once, then decoded; a peer may change it meanwhile.
        byte[] copy = _segment.ReadOnlySpan(0, _layout.HeaderBytes).ToArray();
        return _layout.Decode(copy);
    }

    private TrailerFacts ReadTrailer()
    {
        VoidHeader header = Header();
        if (!VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload))
        {
            return default;
        }

        long at = TrailerV1.OffsetAfter(_layout.HeaderBytes + payload);
        return _segment.SizeBytes - at < TrailerV1.SizeBytes
            ? default
            : TrailerFacts.Parse(
                _segment.ReadOnlySpan(at, TrailerV1.SizeBytes).ToArray(), at, payload, _segment.SizeBytes);
    }
}
