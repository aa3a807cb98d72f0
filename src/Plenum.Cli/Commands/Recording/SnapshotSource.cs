using Plenum.Platform;
using Plenum.Recording;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Recording;

/// <summary>The snapshots of a VOID segment, seen beside its other readers.</summary>
internal sealed class SnapshotSource : RecordingSource
{
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(2);

    private readonly VoidAttachedReader _reader;
    private readonly bool _endsWhenGone;
    private float[] _values = new float[256];
    private byte[] _bytes = [];
    private long _lastSeen = MonotonicClock.Nanoseconds;
    private ulong _epoch;
    private ulong _frame;
    private long _missed;

    internal SnapshotSource(string name, VoidReaderOptions options, VoidInfo info, bool endsWhenGone)
    {
        _reader = new VoidAttachedReader(name, options);
        _endsWhenGone = endsWhenGone;
        Description = new RecordingDescription
        {
            Kind = RecordingKind.Snapshots,
            Segment = name,
            Properties = new Dictionary<string, string>
            {
                ["protocol"] = "void",
                ["profile"] = info.Profile,
                ["owner-app"] = info.Owner.App,
                ["owner-project"] = info.Owner.Project,
                ["owner-node"] = info.Owner.Node,
            },
        };
    }

    internal override RecordingDescription Description { get; }

    internal override string ItemsText => "snapshots";

    internal override long Missed => _missed;

    internal override SourceStep TakeNext(RecordingWriter recording, TimeSpan patience, CancellationToken cancellation)
    {
        if (_reader.WaitForNext(patience, cancellation) != VoidWaitResult.NewFrame
            || !TryRead(out VoidSnapshot snapshot))
        {
            return IsGone() ? SourceStep.Closed : SourceStep.Nothing;
        }

        _lastSeen = MonotonicClock.Nanoseconds;
        if (snapshot.Epoch == _epoch && snapshot.Frame == _frame)
        {
            return SourceStep.Nothing;
        }

        _missed += snapshot.Epoch == _epoch && snapshot.Frame > _frame ? (long)(snapshot.Frame - _frame - 1) : 0;
        (_epoch, _frame) = (snapshot.Epoch, snapshot.Frame);
        Span<byte> head = stackalloc byte[SnapshotItem.HeadBytes];
        new SnapshotItem(snapshot.Channels, snapshot.Length, snapshot.Epoch).WriteHead(head);
        int size = snapshot.FloatCount * sizeof(float);
        if (_bytes.Length < size)
        {
            _bytes = new byte[size];
        }

        SnapshotItem.WriteFloats(_values.AsSpan(0, snapshot.FloatCount), _bytes);

        // The writer's own time where it tells it: the recorder may have looked a little later.
        long now = recording.ElapsedNanoseconds;
        long age = snapshot.WriteTimeNanoseconds > 0 ? MonotonicClock.Nanoseconds - snapshot.WriteTimeNanoseconds : 0;
        _ = recording.Add(
            RecordedItemKind.Data,
            age >= 0 ? now - age : now,
            snapshot.Frame,
            head,
            _bytes.AsSpan(0, size),
            cancellation);
        return SourceStep.Taken;
    }

    protected override void Dispose(bool disposing) => _reader.Dispose();

    // A frame that grew since the last one is read again with room for it.
    private bool TryRead(out VoidSnapshot snapshot)
    {
        if (!_reader.TryRead(_values, out snapshot))
        {
            return false;
        }

        if (snapshot.FloatCount <= _values.Length)
        {
            return true;
        }

        _values = new float[snapshot.FloatCount];
        return _reader.TryRead(_values, out snapshot) && snapshot.FloatCount <= _values.Length;
    }

    // Missing for a moment is what a restructuring writer looks like.
    private bool IsGone()
    {
        if (!_endsWhenGone || VoidInfo.Read(_reader.Name, _reader.Options.Profile).IsValid)
        {
            _lastSeen = MonotonicClock.Nanoseconds;
            return false;
        }

        return TimeSpan.FromTicks((MonotonicClock.Nanoseconds - _lastSeen) / 100) > s_gone;
    }
}
