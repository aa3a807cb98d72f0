using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>A blocked end of ours learns what happens to the other process: it closes, it is killed, it is only
/// stopped.</summary>
/// <remarks>What decides is why the wait ended. The waits have a limit of two minutes; ending long before it is the
/// other condition, with a bound that the slowest machine keeps. What it took stands in the output.</remarks>
public sealed class ZeroBufferWakeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_prompt = Patience / 3;

    /// <summary>How an end of ours waits.</summary>
    public enum Wait
    {
        Blocking = 0,
        Awaiting = 1,
        Enumerating = 2,
    }

    [Theory]
    [InlineData(PeerKind.Ours, false, Wait.Blocking)]
    [InlineData(PeerKind.Ours, false, Wait.Awaiting)]
    [InlineData(PeerKind.Ours, false, Wait.Enumerating)]
    [InlineData(PeerKind.Ours, true, Wait.Blocking)]
    [InlineData(PeerKind.Ours, true, Wait.Awaiting)]
    [InlineData(PeerKind.Ours, true, Wait.Enumerating)]
    [InlineData(PeerKind.Python, false, Wait.Blocking)]
    [InlineData(PeerKind.Python, true, Wait.Blocking)]
    [InlineData(PeerKind.Python, true, Wait.Awaiting)]
    [InlineData(PeerKind.Cpp, false, Wait.Blocking)]
    [InlineData(PeerKind.Cpp, true, Wait.Blocking)]
    [InlineData(PeerKind.Cpp, true, Wait.Awaiting)]
    public async Task Read_WriterEndsWhileItWaits_IsToldWhy(PeerKind kind, bool killed, Wait wait)
    {
        Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new TempSegment("wakr");
        using var reader = Create(segment.Name, 64, 1024);
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(
            kind, segment.Name, "--frames", "1", "--sizes", "100", "--pattern", "sequence", "--stay");
        ReadFrame(reader, 1, 100);
        Task<ReadOutcome> waiting = Task.Run(() => Read(reader, wait));
        Until(() => reader.State == ReaderState.Waiting);

        long start = Stopwatch.GetTimestamp();
        if (killed)
        {
            writer.Kill();
        }
        else
        {
            writer.Process.WriteLine("close");
        }

        ReadOutcome outcome = await waiting.WaitAsync(Watchdog.Limit);
        Report($"{kind} writer {(killed ? "killed" : "closed")}", start);
        Assert.Equal(killed ? ReadOutcome.WriterDied : ReadOutcome.WriterClosed, outcome);
        Drained(segment.Name);
    }

    [Theory]
    [InlineData(PeerKind.Ours, false, Wait.Blocking)]
    [InlineData(PeerKind.Ours, false, Wait.Awaiting)]
    [InlineData(PeerKind.Ours, true, Wait.Blocking)]
    [InlineData(PeerKind.Ours, true, Wait.Awaiting)]
    [InlineData(PeerKind.Python, false, Wait.Blocking)]
    [InlineData(PeerKind.Python, true, Wait.Blocking)]
    [InlineData(PeerKind.Python, true, Wait.Awaiting)]
    [InlineData(PeerKind.Cpp, true, Wait.Blocking)]
    [InlineData(PeerKind.Cpp, true, Wait.Awaiting)]
    public async Task Write_ReaderEndsWhileItWaits_IsToldWhy(PeerKind kind, bool killed, Wait wait)
    {
        Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new TempSegment("wakw");
        string[] steps = kind == PeerKind.Cpp ? [] : ["--steps"];
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, ["--metadata-size", "64", "--payload-size", "1024", .. steps]);
        if (kind == PeerKind.Cpp)
        {
            // It takes no steps; stopped it reads nothing either.
            Signal("STOP", reader);
        }

        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        while (writer.TryWrite(new byte[112]))
        {
        }

        Task waiting = Task.Run(() => Write(writer, wait));
        Until(() => writer.State == WriterState.Blocked);

        long start = Stopwatch.GetTimestamp();
        if (killed)
        {
            reader.Kill();
        }
        else
        {
            reader.Process.WriteLine("close");
        }

        Exception? error = await Record.ExceptionAsync(() => waiting.WaitAsync(Watchdog.Limit));
        Report($"{kind} reader {(killed ? "killed" : "closed")}", start);
        Assert.IsType(killed ? typeof(PeerTerminatedException) : typeof(PeerClosedException), error);
        Assert.Equal(killed ? WriterState.ReaderDead : WriterState.NoReader, writer.State);
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void Read_WriterIsOnlyStopped_IsNotTakenForDead(PeerKind kind)
    {
        Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new TempSegment("waks");
        using var reader = Create(segment.Name, 64, 1024);
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(
            kind, segment.Name, "--frames", "40", "--sizes", "100", "--pattern", "sequence", "--timeout-ms", "30000");
        ReadFrame(reader, 1, 100);
        Signal("STOP", writer);
        ulong sequence = 1;
        while (reader.Read(out Frame frame, TimeSpan.FromMilliseconds(200)) == ReadOutcome.Frame)
        {
            frame.Dispose();
            sequence++;
        }

        Assert.Equal(ReadOutcome.TimedOut, reader.Read(out _, TimeSpan.FromMilliseconds(200)));
        Assert.True(reader.IsWriterConnected);
        Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(segment.Name));

        Signal("CONT", writer);
        Assert.Equal(40 - (int)sequence, DrainUntil(reader, ReadOutcome.WriterClosed, sequence + 1));
    }

    [Theory]
    [InlineData(Wait.Blocking)]
    [InlineData(Wait.Awaiting)]
    public async Task Connect_BeforeTheReader_WakesWhenItIsThere(Wait wait)
    {
        using var segment = new TempSegment("wakc");
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();
        Task<ZeroBufferWriter> connecting = wait == Wait.Blocking
            ? Task.Run(() => ZeroBufferWriter.Connect(segment.Name, Patience))
            : ZeroBufferWriter.ConnectAsync(segment.Name, Patience);

        long start = Stopwatch.GetTimestamp();
        reader.Send($"create {segment.Name} 64 1024", "created");

        using ZeroBufferWriter writer = await connecting.WaitAsync(Watchdog.Limit);
        Report("reader created", start);
        WriteFrame(writer, 100);
        PeerReadsAndReleases(reader, 1, 100);
    }

    [Theory]
    [InlineData(Wait.Blocking)]
    [InlineData(Wait.Awaiting)]
    public async Task Read_Cancelled_EndsAtOnceAndLosesNothing(Wait wait)
    {
        using var segment = new TempSegment("cancr");
        using var reader = Create(segment.Name, 64, 1024);
        using ZeroBufferPeer writer = Writer(PeerKind.Ours, segment.Name);
        for (ulong sequence = 1; sequence <= 5; sequence++)
        {
            using var stop = new CancellationTokenSource();
            Task<ReadOutcome> waiting = Task.Run(() => Read(reader, wait, stop.Token));
            Until(() => reader.State == ReaderState.Waiting);

            long start = Stopwatch.GetTimestamp();
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Watchdog.Limit));
            Report("read cancelled", start);
            PeerWrites(writer, sequence, 100);
            ReadFrame(reader, sequence, 100);
        }

        Drained(segment.Name);
    }

    [Theory]
    [InlineData(Wait.Blocking)]
    [InlineData(Wait.Awaiting)]
    public async Task Write_Cancelled_EndsAtOnceAndLeavesNothing(Wait wait)
    {
        using var segment = new TempSegment("cancw");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 64, 1024);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        for (int i = 0; i < 8; i++)
        {
            WriteFrame(writer, 112);
        }

        for (ulong sequence = 1; sequence <= 5; sequence++)
        {
            using var stop = new CancellationTokenSource();
            Task waiting = Task.Run(() => Write(writer, wait, stop.Token));
            Until(() => writer.State == WriterState.Blocked);

            long start = Stopwatch.GetTimestamp();
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Watchdog.Limit));
            Report("write cancelled", start);
            PeerReadsAndReleases(reader, sequence, 112);
            WriteFrame(writer, 112);
        }

        Assert.Equal(8, ZeroBufferImage.Of(segment.Name).DataTokens);
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).Free);
    }

    [Theory]
    [InlineData(Wait.Blocking)]
    [InlineData(Wait.Awaiting)]
    public async Task Connect_Cancelled_EndsAtOnce(Wait wait)
    {
        using var segment = new TempSegment("cancc");
        using var stop = new CancellationTokenSource();
        Task<ZeroBufferWriter> connecting = wait == Wait.Blocking
            ? Task.Run(() => ZeroBufferWriter.Connect(segment.Name, Patience, cancellationToken: stop.Token))
            : ZeroBufferWriter.ConnectAsync(segment.Name, Patience, cancellationToken: stop.Token);

        long start = Stopwatch.GetTimestamp();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Watchdog.Limit));
        Report("connect cancelled", start);
        NoNames(segment.Name);
    }

    private static async Task<ReadOutcome> Read(ZeroBufferReader reader, Wait wait,
        CancellationToken cancellationToken = default)
    {
        switch (wait)
        {
            case Wait.Blocking:
                ReadOutcome outcome = reader.Read(out Frame frame, Patience, cancellationToken);
                frame.Dispose();
                return outcome;
            case Wait.Awaiting:
                ReadResult result = await reader.ReadAsync(Patience, cancellationToken);
                result.Frame?.Dispose();
                return result.Outcome;
            default:
                try
                {
                    await foreach (OwnedFrame each in reader.ReadAllAsync(cancellationToken))
                    {
                        each.Dispose();
                    }

                    return ReadOutcome.WriterClosed;
                }
                catch (PeerTerminatedException)
                {
                    return ReadOutcome.WriterDied;
                }
        }
    }

    private static async Task Write(ZeroBufferWriter writer, Wait wait, CancellationToken cancellationToken = default)
    {
        byte[] data = new byte[112];
        bool written = wait == Wait.Blocking
            ? writer.TryWrite(data, Patience, cancellationToken)
            : await writer.TryWriteAsync(data, Patience, cancellationToken);
        Assert.True(written, "The wait ended because its time was over.");
    }

    private static void Signal(string signal, ZeroBufferPeer peer)
    {
        using PeerProcess kill = PeerProcess.Start(
            "kill", ["-" + signal, peer.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.ExpectExit();
    }

    private void Report(string what, long start)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{what}: awake after {elapsed.TotalMilliseconds:F1} ms");
        Assert.InRange(elapsed, TimeSpan.Zero, s_prompt);
    }
}
