using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.VoidShm;

/// <summary>Publishes the present value of each channel at a sampling rate, in the manner of the original's signal
/// writer.</summary>
/// <remarks>
/// <para>The values come from one thread (an audio callback) through <see cref="Submit"/>, as often as that likes; a
/// thread of its
/// own writes them to the segment <c>sampleRate</c> times a second, ramped if a ramp time is set (spec voidshm 6.1). So
/// nothing
/// is published at audio rate.</para>
/// <para><see cref="Submit"/> may be called from any thread and waits at most for a copy of the values. The writer
/// stays the caller's.</para>
/// <example><code>
/// using var writer = VoidShmWriter.Connect("levels", channels: 2);
/// using var publisher = new VoidSignalPublisher(writer, sampleRate: 60, rampTime: TimeSpan.FromMilliseconds(20));
/// publisher.Start();
/// publisher.Submit([0.5f, 0.25f]);
/// </code></example>
/// </remarks>
[SuppressMessage(
    "Usage", "CA2213:Disposable fields should be disposed",
    Justification = "The event says that publishing has ended, also to a later call; it owns no handle.")]
public sealed class VoidSignalPublisher : IDisposable
{
    /// <summary>The original's sampling rate in Hz.</summary>
    public const double DefaultSampleRate = 60;

    private readonly Lock _lock = new();
    private readonly VoidShmWriter _writer;
    private readonly VoidRamp _ramp;
    private readonly float[] _values;
    private readonly ManualResetEventSlim _stop = new(false, 0);
    private Thread? _thread;
    private double _lastSeconds;
    private bool _started;

    /// <summary>Prepares publishing; <see cref="Start"/> begins it.</summary>
    /// <param name="writer">A writer whose length is 1.</param>
    /// <param name="sampleRate">Writes a second, above 0 and at most 10,000.</param>
    /// <param name="rampTime">Time over which a value moves to the next; zero for steps.</param>
    /// <exception cref="ArgumentException">The writer's length is not 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the time is out of range.</exception>
    public VoidSignalPublisher(VoidShmWriter writer, double sampleRate = DefaultSampleRate, TimeSpan rampTime = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, 10_000);
        if (writer.Length != 1)
        {
            throw new ArgumentException(
                $"A signal has one value a channel; the writer '{writer.Name}' has {writer.Length}. Create it with "
                + "length 1.",
                nameof(writer));
        }

        _writer = writer;
        SampleRate = sampleRate;
        _ramp = new VoidRamp(writer.Channels, rampTime);
        _values = new float[writer.Channels];
    }

    /// <summary>Writes a second.</summary>
    public double SampleRate { get; }

    /// <summary>Number of writes so far.</summary>
    public long Published { get; private set; }

    /// <summary>Sets the present value of each channel; missing ones keep theirs.</summary>
    /// <param name="values">One value a channel.</param>
    public void Submit(ReadOnlySpan<float> values)
    {
        lock (_lock)
        {
            _ramp.SetTarget(values);
        }
    }

    /// <summary>Publishes once, as of a time; for hosts that have a clock of their own instead of
    /// <see cref="Start"/>.</summary>
    /// <param name="seconds">Time of this sample; must not run backwards.</param>
    /// <returns>False when the writer is not connected.</returns>
    public bool PublishAt(double seconds)
    {
        lock (_lock)
        {
            double passed = _started ? Math.Max(0, seconds - _lastSeconds) : 0;
            _started = true;
            _lastSeconds = seconds;
            _ramp.Advance(passed, _values);
            Published++;
            return _writer.Write(_values);
        }
    }

    /// <summary>Starts the publishing thread; does nothing when it runs.</summary>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsSet, this);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = $"void publish {_writer.Name}" };
                _thread.Start();
            }
        }
    }

    /// <summary>Stops publishing and waits for the thread. Idempotent. The writer stays connected.</summary>
    public void Dispose()
    {
        _stop.Set();
        if (_thread is { } thread && thread != Thread.CurrentThread)
        {
            thread.Join();
        }
    }

    private void Run()
    {
        long start = MonotonicClock.Nanoseconds;
        for (long sample = 0; ; sample++)
        {
            // Times of samples are multiples of the period from the start, so that waiting does not add up to a drift.
            long due = start + (long)(sample * 1e9 / SampleRate);
            long left = due - MonotonicClock.Nanoseconds;
            if (left > 0 ? _stop.Wait(TimeSpan.FromTicks(Math.Max(1, left / 100))) : _stop.IsSet)
            {
                return;
            }

            try
            {
                _ = PublishAt(sample / SampleRate);
            }
            catch (InvalidOperationException)
            {
                // A frame is open for writing in place; this sample is skipped.
            }
        }
    }
}
