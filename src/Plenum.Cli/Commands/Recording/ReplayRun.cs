using Plenum.Platform;
using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Plays items at their recorded times: each has a deadline counted from the start, so nothing
/// drifts.</summary>
internal sealed class ReplayRun(RecordingReader reader, ReplayTarget target)
{
    // Waiting on a handle counts in milliseconds; the rest is given to other threads.
    private const long CoarseNanoseconds = 1_500_000;

    private TimeSpan? _first;
    private TimeSpan _last;
    private long _itemsOfPass;
    private long _start;
    private double _passStart;

    /// <summary>How many times as fast.</summary>
    internal double Speed { get; init; } = 1;

    /// <summary>Whether it begins again at the end.</summary>
    internal bool Loop { get; init; }

    /// <summary>Most items; 0 for no limit.</summary>
    internal long Count { get; init; }

    /// <summary>Whether damaged blocks are left out.</summary>
    internal bool SkipDamaged { get; init; }

    internal long Items { get; private set; }

    internal long DataBytes { get; private set; }

    internal long Passes { get; private set; }

    /// <summary>Damaged blocks that were left out.</summary>
    internal long Damaged { get; private set; }

    /// <summary>The longest time by which an item was late.</summary>
    internal TimeSpan Latest { get; private set; }

    internal TimeSpan Elapsed => TimeSpan.FromTicks((MonotonicClock.Nanoseconds - _start) / 100);

    /// <summary>Plays to the end.</summary>
    internal void Run(CancellationToken cancellation)
    {
        _start = MonotonicClock.Nanoseconds;
        do
        {
            _first = null;
            _itemsOfPass = 0;
            while (TryRead(out RecordedItem item))
            {
                cancellation.ThrowIfCancellationRequested();
                if (item.Kind == RecordedItemKind.Metadata)
                {
                    target.PutMetadata(item);
                }
                else if (item.Kind == RecordedItemKind.Data)
                {
                    Play(item, cancellation);
                    if (Items == Count)
                    {
                        return;
                    }
                }
            }

            Passes++;
            if (_itemsOfPass == 0)
            {
                return;
            }

            BeginAgain();
        }
        while (Loop);
    }

    private bool TryRead(out RecordedItem item)
    {
        while (true)
        {
            try
            {
                return reader.TryRead(out item);
            }
            catch (RecordingFormatException) when (SkipDamaged && ++Damaged < 1_000_000 && reader.CanGoOn)
            {
                // Its items are left out; those after it keep their times.
            }
        }
    }

    private void Play(in RecordedItem item, CancellationToken cancellation)
    {
        _first ??= item.Time;
        _last = item.Time;
        double due = _passStart + ((item.Time - _first.Value).TotalNanoseconds / Speed);
        WaitUntil(_start + (long)Math.Min(due, long.MaxValue / 4), cancellation);
        target.Put(item, cancellation);
        Items++;
        _itemsOfPass++;
        DataBytes += item.Data.Length;
    }

    // The last item of a pass lasts as long as items do on average.
    private void BeginAgain()
    {
        if (!Loop)
        {
            return;
        }

        double length = (_last - _first!.Value).TotalNanoseconds;
        double gap = _itemsOfPass > 1 ? length / (_itemsOfPass - 1) : 1e9;
        _passStart += (length + gap) / Speed;
        reader.Rewind();
    }

    private void WaitUntil(long deadline, CancellationToken cancellation)
    {
        long left = deadline - MonotonicClock.Nanoseconds;
        if (left <= 0)
        {
            Latest = TimeSpan.FromTicks(Math.Max(Latest.Ticks, -left / 100));
            return;
        }

        var spin = new SpinWait();
        while (left > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (left > CoarseNanoseconds)
            {
                long milliseconds = Math.Min((left / 1_000_000) - 1, 1000);
                _ = cancellation.WaitHandle.WaitOne((int)Math.Max(1, milliseconds));
            }
            else
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            left = deadline - MonotonicClock.Nanoseconds;
        }
    }
}
