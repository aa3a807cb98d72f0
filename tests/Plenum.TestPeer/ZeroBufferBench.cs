using System.Globalization;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerEvent;

namespace Plenum.TestPeer;

/// <summary>A reader and a writer that do what lines of input say, each answered with one JSON line.</summary>
internal sealed class ZeroBufferBench(PeerArguments arguments) : IDisposable
{
    private readonly Dictionary<ulong, OwnedFrame> _held = [];
    private ZeroBufferReader? _reader;
    private ZeroBufferWriter? _writer;
    private TimeSpan _timeout = TimeSpan.FromMilliseconds(arguments.Number("timeout-ms", 5000));

    public static string WordOf(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.Frame => "frame",
        ReadOutcome.TimedOut => "timed-out",
        ReadOutcome.WriterClosed => "writer-closed",
        _ => "writer-dead",
    };

    public static void SayError(Exception e) => Say(
        "error",
        ("code", CodeOf(e)),
        ("type", e.GetType().Name),
        ("field", (e as SegmentCorruptedException)?.Field ?? (e as SegmentFormatException)?.Actual),
        ("message", e.Message));

    public static string CodeOf(Exception e) => e switch
    {
        SegmentCorruptedException { Field: "sequence_number" } => "sequence",
        SegmentCorruptedException or SegmentFormatException or SegmentExistsException => "malformed",
        SegmentNotFoundException => "not-found",
        SegmentBusyException { Operation: "create buffer" } => "reader-exists",
        SegmentBusyException => "writer-exists",
        PeerTerminatedException { Operation: "write frame" } or PeerClosedException => "reader-dead",
        PeerTerminatedException => "no-reader",
        FrameSizeException { Error: FrameSizeError.Empty } => "frame-size",
        FrameSizeException => "frame-too-large",
        TimeoutException => "buffer-full",
        InvalidOperationException => "refused",
        ArgumentException => "argument",
        _ => "other",
    };

    /// <summary>The patterns of the foreign peers; <c>none</c> verifies nothing.</summary>
    public static bool Verify(ReadOnlySpan<byte> data, string pattern, ulong index, ulong sequence) => pattern switch
    {
        "none" => true,
        "zero" => data.IndexOfAnyExcept((byte)0) < 0,
        "ones" => data.IndexOfAnyExcept((byte)0xFF) < 0,
        _ => FramePattern.Matches(data, Seed(pattern, index, sequence)),
    };

    public static void Fill(Span<byte> data, string pattern, ulong index, ulong sequence)
    {
        if (pattern is "zero" or "ones")
        {
            data.Fill(pattern == "zero" ? (byte)0 : (byte)0xFF);
        }
        else
        {
            FramePattern.Fill(data, Seed(pattern, index, sequence));
        }
    }

    public ZeroBufferHealthLog HealthLog { get; } = new();

    public void Create(string name, long metadataSize, long payloadSize)
    {
        _reader = ZeroBufferReader.Create(name, Options() with
        {
            MetadataSizeBytes = metadataSize,
            PayloadSizeBytes = payloadSize,
            PayloadLocation = arguments.Flag("own-segment")
                ? PayloadLocation.OwnSegment : PayloadLocation.SameSegment,
        });
        _reader.HealthChanged += HealthLog.Add;
    }

    public void Connect(string name, long waitMilliseconds)
    {
        _writer = waitMilliseconds == 0
            ? ZeroBufferWriter.Connect(name, Options())
            : ZeroBufferWriter.Connect(name, TimeSpan.FromMilliseconds(waitMilliseconds), Options());
        _writer.HealthChanged += HealthLog.Add;
    }

    public ZeroBufferReader RequireReader() => _reader ?? throw new InvalidOperationException("no reader was created");

    public ZeroBufferWriter RequireWriter() => _writer ?? throw new InvalidOperationException("no writer is connected");

    /// <summary>Does what the lines of input say until <c>close</c> or their end.</summary>
    public void Serve()
    {
        while (PeerOutput.Next() is { } line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words[0] == "close")
            {
                return;
            }

            try
            {
                Step(words[0], words[1..]);
            }
            catch (Exception e)
            {
                SayError(e);
            }
        }
    }

    public void Dispose()
    {
        foreach (OwnedFrame frame in _held.Values)
        {
            frame.Dispose();
        }

        _held.Clear();
        _writer?.Dispose();
        _reader?.Dispose();
    }

    private static ulong Seed(string pattern, ulong index, ulong sequence) => pattern switch
    {
        "sequential" => index,
        "sequence" => sequence,
        _ => 0,
    };

    private static long Number(string[] words, int index, long otherwise) =>
        index < words.Length ? long.Parse(words[index], CultureInfo.InvariantCulture) : otherwise;

    private static void EndReservation(ref FrameReservation reservation, bool commit, ulong? seed)
    {
        if (commit)
        {
            FramePattern.Fill(reservation.Span, seed ?? reservation.Sequence);
            reservation.Commit();
            return;
        }

        reservation.Dispose();
    }

    private ZeroBufferOptions Options() => new()
    {
        WriteTimeout = TimeSpan.FromMilliseconds(arguments.Number("timeout-ms", 5000)),
        SweepStaleBuffers = !arguments.Flag("no-sweep"),
        AllowShortTail = arguments.Flag("short-tail"),
        FirstSequence = (ulong)arguments.Number("first-sequence", 1),
        WaitStrategy = arguments.Text("strategy", "balanced") == "power-saving"
            ? WaitStrategy.PowerSaving : WaitStrategy.Balanced,
    };

    private void Step(string verb, string[] words)
    {
        switch (verb)
        {
            case "create":
                Create(words[0], Number(words, 1, 1024), Number(words, 2, 10240));
                Say("created");
                break;
            case "connect":
                Connect(words[0], Number(words, 1, 0));
                Say("connected");
                break;
            case "try-connect":
                bool connected = ZeroBufferWriter.TryConnect(words[0], out ZeroBufferWriter? writer, Options());
                _writer = writer ?? _writer;
                Say("tried", ("ok", connected));
                break;
            case "end-reader":
                RequireReader().Dispose();
                Say("ended");
                break;
            case "end-writer":
                RequireWriter().Dispose();
                Say("ended");
                break;
            case "read":
                ReadOne(TimeSpan.FromMilliseconds(Number(words, 0, (long)_timeout.TotalMilliseconds)));
                break;
            case "release":
                Release(words.Length == 0 ? _held.Keys.Min() : (ulong)Number(words, 0, 0));
                break;
            case "write":
                WriteOne((int)Number(words, 0, 1), words.Length > 1 ? (ulong)Number(words, 1, 0) : null);
                break;
            case "reserve":
                ReserveOne((int)Number(words, 0, 1));
                break;
            case "metadata":
                Metadata(words);
                break;
            case "timeout":
                _timeout = TimeSpan.FromMilliseconds(Number(words, 0, 5000));
                Say("timeout", ("milliseconds", (long)_timeout.TotalMilliseconds));
                break;
            case "status":
                Say("status", ("reader", _reader?.State), ("writer", _writer?.State), ("health",
                    _reader?.Health ?? _writer?.Health));
                break;
            default:
                ZeroBufferLoops.Step(this, verb, words);
                break;
        }
    }

    private void ReadOne(TimeSpan timeout)
    {
        ReadOutcome outcome = RequireReader().Read(out Frame frame, timeout);
        if (outcome == ReadOutcome.TimedOut)
        {
            Say("timed-out");
            return;
        }

        if (outcome != ReadOutcome.Frame)
        {
            Say("error", ("code", WordOf(outcome)), ("type", outcome.ToString()), ("field", null), ("message", null));
            return;
        }

        OwnedFrame owned = frame.ToOwned();
        ReadOnlySpan<byte> data = owned.Memory.Span;
        _held.Add(owned.Sequence, owned);
        Say(
            "frame",
            ("sequence", owned.Sequence),
            ("size", owned.SizeBytes),
            ("patternOk", FramePattern.Matches(data, owned.Sequence)),
            ("fnv1a", FramePattern.Text(FramePattern.Checksum(data))));
    }

    private void Release(ulong sequence)
    {
        OwnedFrame frame = _held[sequence];
        bool still = FramePattern.Matches(frame.Memory.Span, sequence);
        _held.Remove(sequence);
        frame.Dispose();
        Say("released", ("sequence", sequence), ("size", frame.SizeBytes), ("patternOk", still));
    }

    private void WriteOne(int sizeBytes, ulong? seed)
    {
        if (!RequireWriter().TryReserve(sizeBytes, out FrameReservation frame, _timeout))
        {
            throw new TimeoutException("the buffer stayed full");
        }

        ulong sequence = frame.Sequence;
        EndReservation(ref frame, commit: true, seed);
        Say("written", ("sequence", sequence), ("size", sizeBytes));
    }

    // A reservation is a ref struct and cannot outlive a step; so it reads its own end: commit [SEED] or abort.
    private void ReserveOne(int sizeBytes)
    {
        if (!RequireWriter().TryReserve(sizeBytes, out FrameReservation frame, _timeout))
        {
            throw new TimeoutException("the buffer stayed full");
        }

        ulong sequence = frame.Sequence;
        Say("reserved", ("sequence", sequence), ("size", sizeBytes));
        string[] words = (PeerOutput.Next() ?? "abort").Split(' ');
        EndReservation(ref frame, words[0] == "commit", words.Length > 1 ? (ulong)Number(words, 1, 0) : null);
        Say(words[0] == "commit" ? "written" : "aborted", ("sequence", sequence), ("size", sizeBytes));
    }

    private void Metadata(string[] words)
    {
        if (words.Length == 0)
        {
            byte[]? found = RequireReader().Metadata.ToArray();
            Say("metadata", ("size", found?.Length), ("hex", found is null ? null : Convert.ToHexStringLower(found)));
            return;
        }

        RequireWriter().Metadata.Write(FramePattern.Make((int)Number(words, 0, 0), (ulong)Number(words, 1, 0)));
        Say("metadata", ("size", Number(words, 0, 0)));
    }
}
