using System.Globalization;
using Plenum.Platform;
using Plenum.VoidShm;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Verbs of VOID shared memory.</summary>
internal static class VoidVerbs
{
    // Every float of the k-th frame is k modulo this, which float32 holds exactly.
    private const uint Modulus = 1 << 20;

    /// <summary>--segment --channels --length [--profile P] [--second M] [--pin N]: writes without pause; 'ready E',
    /// any line ends it: 'wrote N'.</summary>
    [Verb("void-write")]
    public static int Write(PeerArguments arguments)
    {
        Pin(arguments);
        using VoidShmWriter writer = Open(arguments);
        float[] values = new float[writer.FloatCount];
        Line($"ready {writer.Epoch}");
        using var stop = new ManualResetEventSlim();
        var listener = new Thread(() =>
        {
            _ = Next();
            stop.Set();
        })
        { IsBackground = true };
        listener.Start();
        ulong frame = 0;
        while (!stop.IsSet)
        {
            values.AsSpan().Fill(++frame % Modulus);
            writer.Write(values);
        }

        Line($"wrote {frame}");
        return 0;
    }

    /// <summary>--segment ... [--frames N]: connects, writes N frames, says 'connected E F'; then obeys lines, each
    /// answered by 'done E F STATE'.</summary>
    [Verb("void-hold")]
    public static int Hold(PeerArguments arguments)
    {
        using VoidShmWriter writer = Open(arguments);
        for (long frame = 1; frame <= arguments.Number("frames", 0); frame++)
        {
            WriteFrame(writer, frame);
        }

        Line($"connected {writer.Epoch} {writer.Frame}");
        while (Next() is { } line)
        {
            Obey(writer, line.Split(' '));
            Line($"done {writer.Epoch} {writer.Frame} {writer.State}");
        }

        return 0;
    }

    /// <summary>--segment ...: for each line 'go' tries to connect: 'won E' or 'lost CODE'; for each 'release'
    /// disconnects: 'released'.</summary>
    [Verb("void-race")]
    public static int Race(PeerArguments arguments)
    {
        VoidShmWriter? writer = null;
        Line("ready");
        while (Next() is { } line)
        {
            if (line.StartsWith("go", StringComparison.Ordinal))
            {
                writer = new VoidShmWriter(arguments.Text("segment"), 2, 4, new VoidWriterOptions
                {
                    TakeoverObservation = TimeSpan.FromMilliseconds(arguments.Number("observe-ms", 0)),
                });
                long start = long.Parse(line[3..], CultureInfo.InvariantCulture);
                while (MonotonicClock.Nanoseconds < start)
                {
                    SpinWaiter.Pause();
                }

                VoidValidity outcome = writer.TryConnect();
                Line(outcome == VoidValidity.Ok ? $"won {writer.Epoch}" : $"lost {outcome}");
            }
            else
            {
                writer?.Dispose();
                writer = null;
                Line("released");
            }
        }

        writer?.Dispose();
        return 0;
    }

    /// <summary>
    /// --segment --floats [--attached] [--distinct N]: reads without pause; 'ready' after N frames (1), any line ends
    /// it. Says
    /// 'summary OK FAILED TORN BACK UNVERIFIED SECOND DISTINCT P50NS P99NS'.
    /// </summary>
    [Verb("void-read")]
    public static int Read(PeerArguments arguments)
    {
        Pin(arguments);
        var options = new VoidReaderOptions { Profile = Profile(arguments) };
        using var strict = new VoidShmReader(arguments.Text("segment"), options);
        using var attached = new VoidAttachedReader(arguments.Text("segment"), options);
        var tally = new ReadTally((int)arguments.Number("floats"));
        bool useAttached = arguments.Flag("attached");
        using var stop = new ManualResetEventSlim();
        var listener = new Thread(() =>
        {
            _ = Next();
            stop.Set();
        })
        { IsBackground = true };
        listener.Start();
        bool announced = false;
        while (!stop.IsSet)
        {
            long start = MonotonicClock.Nanoseconds;
            bool good = useAttached
                ? attached.TryRead(tally.Values, out VoidSnapshot snapshot)
                : strict.TrySnapshot(tally.Values.AsSpan(), out snapshot);
            tally.Add(good, snapshot, MonotonicClock.Nanoseconds - start);
            if (!announced && tally.Distinct >= arguments.Number("distinct", 1))
            {
                announced = true;
                Line("ready");
            }
        }

        Line(tally.Summary());
        return 0;
    }

    /// <summary>--segment --count N: waits for N new frames, one after the other; says 'attached', then 'waited N LAST
    /// TIMEOUTS'.</summary>
    [Verb("void-wait")]
    public static int Wait(PeerArguments arguments)
    {
        using var reader = new VoidAttachedReader(
            arguments.Text("segment"),
            new VoidReaderOptions { Profile = Profile(arguments), Wait = WaitStrategy.PowerSaving });
        float[] values = new float[4];
        reader.TryRead(values, out VoidSnapshot snapshot);
        Line("attached");
        int timeouts = 0;
        long count = arguments.Number("count");
        for (long i = 0; i < count && timeouts < 10; i++)
        {
            if (reader.WaitForNext(TimeSpan.FromSeconds(5)) == VoidWaitResult.TimedOut)
            {
                timeouts++;
            }

            reader.TryRead(values, out snapshot);
            Line($"frame {snapshot.Frame} {values[0].ToString(CultureInfo.InvariantCulture)}");
        }

        Line($"waited {count} {snapshot.Frame} {timeouts}");
        return 0;
    }

    private static VoidShmWriter Open(PeerArguments arguments) => VoidShmWriter.Connect(
        arguments.Text("segment"),
        (int)arguments.Number("channels", 1),
        (int)arguments.Number("length", 1),
        new VoidWriterOptions
        {
            Profile = Profile(arguments),
            SecondBuffer = Enum.Parse<VoidSecondBuffer>(arguments.Text("second", "WhileAsked")),
            TakeoverObservation = TimeSpan.FromMilliseconds(arguments.Number("observe-ms", 250)),
            Owner = new VoidOwner(arguments.Text("app", ""), arguments.Text("project", ""), arguments.Text("node", "")),
        });

    private static VoidProfile Profile(PeerArguments arguments) =>
        VoidProfileFile.Resolve(arguments.Text("profile", "canon"));

    private static void Pin(PeerArguments arguments)
    {
        if (arguments.Number("pin", -1) is >= 0 and long processor)
        {
            _ = ProcessorAffinity.TryPin((int)processor);
        }
    }

    private static void WriteFrame(VoidShmWriter writer, double value)
    {
        float[] values = new float[writer.FloatCount];
        values.AsSpan().Fill((float)value);
        writer.Write(values);
    }

    private static void Obey(VoidShmWriter writer, string[] words)
    {
        switch (words[0])
        {
            case "fill": WriteFrame(writer, double.Parse(words[1], CultureInfo.InvariantCulture)); break;
            case "set": writer.Set((int)Value(words[1]), [.. words[2..].Select(Value)]); break;
            case "write": writer.Write([.. words[1..].Select(Value)]); break;
            case "reset": writer.Reset(); break;
            case "shape": writer.Reshape((int)Value(words[1]), (int)Value(words[2])); break;
            case "name": writer.Rename(words[1]); break;
            case "disconnect": writer.Disconnect(); break;
            case "connect": writer.Connect(); break;
            case "begin": Stall(writer); break;
            default: throw new ArgumentException($"unknown step {words[0]}");
        }
    }

    // Stays in the middle of a frame until it is killed.
    private static void Stall(VoidShmWriter writer)
    {
        _ = writer.TryBeginFrame(out VoidFrameLease lease);
        lease.Values[0] = -1;
        WaitToBeKilled("stalled");
    }

    private static float Value(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What many reads of frames with equal floats found.</summary>
    private sealed class ReadTally(int floats)
    {
        private readonly List<double> _nanoseconds = [];
        private long _good;
        private long _failed;
        private long _torn;
        private long _back;
        private long _unverified;
        private long _second;
        private long _distinct;
        private ulong _last;

        public float[] Values { get; } = new float[floats];

        public long Distinct => _distinct;

        public void Add(bool good, in VoidSnapshot snapshot, long nanoseconds)
        {
            if (!good)
            {
                _failed++;
                return;
            }

            _good++;
            if (_nanoseconds.Count < 1_000_000)
            {
                _nanoseconds.Add(nanoseconds);
            }

            bool torn = Values.AsSpan().ContainsAnyExcept(Values[0]);
            bool wrong = snapshot.Verification == VoidVerification.Verified && Values[0] != snapshot.Frame % Modulus;
            _torn += torn || wrong ? 1 : 0;
            _back += snapshot.Frame < _last ? 1 : 0;
            _distinct += snapshot.Frame != _last || _good == 1 ? 1 : 0;
            _unverified += snapshot.Verification == VoidVerification.Unverifiable ? 1 : 0;
            _second += snapshot.FromSecondBuffer ? 1 : 0;
            _last = snapshot.Frame;
        }

        public string Summary()
        {
            _nanoseconds.Sort();
            double p50 = _nanoseconds.Count == 0 ? 0 : _nanoseconds[_nanoseconds.Count / 2];
            double p99 = _nanoseconds.Count == 0 ? 0 : _nanoseconds[_nanoseconds.Count * 99 / 100];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"summary {_good} {_failed} {_torn} {_back} {_unverified} {_second} {_distinct} {p50:F0} {p99:F0}");
        }
    }
}
