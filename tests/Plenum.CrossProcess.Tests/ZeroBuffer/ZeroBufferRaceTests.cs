using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Two processes that want the same thing at the same moment, and lives in quick succession. A tenth of the counts; all with
/// PLENUM_FULL=1.</summary>
public sealed class ZeroBufferRaceTests(ITestOutputHelper output)
{
    [Fact]
    public void Scenario_4_11_ConcurrentInitializationRace_TwoProcesses()
    {
        int rounds = Campaign.Count(100, 1000);
        using var segment = new TempSegment("s4-11");
        using var barrier = new RaceBarrier();
        using ZeroBufferPeer first = ZeroBufferPeer.Workbench("--no-sweep");
        using ZeroBufferPeer second = ZeroBufferPeer.Workbench("--no-sweep");
        int firstWon = 0;
        for (int round = 0; round < rounds; round++)
        {
            string command = $"race-create {segment.Name}";
            (JsonElement one, JsonElement other) = barrier.Run(first, command, second, command);

            bool won = RequireOneWinner(one, other, "reader-exists");
            firstWon += won ? 1 : 0;
            ZeroBufferPeer winner = won ? first : second;
            Assert.Equal((ulong)winner.Process.Id, ZeroBufferImage.Of(segment.Name).ReaderPid);
            using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
            {
                WriteFrame(writer, 100);
                PeerReadsAndReleases(winner, 1, 100);
            }

            winner.Send("end-reader", "ended");
            NoNames(segment.Name);
        }

        output.WriteLine($"two readers, one name: {rounds} races, one winner each, {firstWon} times the first");
    }

    [Fact]
    public void Connect_TwoWritersAtOnce_ExactlyOneWins()
    {
        int rounds = Campaign.Count(100, 1000);
        using var segment = new TempSegment("racew");
        using var barrier = new RaceBarrier();
        using ZeroBufferPeer first = ZeroBufferPeer.Workbench();
        using ZeroBufferPeer second = ZeroBufferPeer.Workbench();
        int firstWon = 0;
        using (var reader = Create(segment.Name, 64, 1024))
        {
            for (int round = 0; round < rounds; round++)
            {
                string command = $"race-connect {segment.Name}";
                (JsonElement one, JsonElement other) = barrier.Run(first, command, second, command);

                bool won = RequireOneWinner(one, other, "writer-exists");
                firstWon += won ? 1 : 0;
                ZeroBufferPeer winner = won ? first : second;
                Assert.Equal((ulong)winner.Process.Id, ZeroBufferImage.Of(segment.Name).WriterPid);
                PeerWrites(winner, 1, 100);
                ReadFrame(reader, 1, 100);
                winner.Send("end-writer", "ended");
                Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
            }

            Drained(segment.Name);
        }

        NoNames(segment.Name);
        output.WriteLine($"two writers, one buffer: {rounds} races, one winner each, {firstWon} times the first");
    }

    [Fact]
    public void Create_WhileAnotherProcessConnects_ConnectedOrNotThere()
    {
        int rounds = Campaign.Count(100, 1000);
        using var segment = new TempSegment("racec");
        using var barrier = new RaceBarrier();
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench("--no-sweep");
        using ZeroBufferPeer writer = ZeroBufferPeer.Workbench();
        int connected = 0;
        for (int round = 0; round < rounds; round++)
        {
            (JsonElement created, JsonElement tried) = barrier.Run(
                reader, $"race-create {segment.Name}", writer, $"race-connect {segment.Name}");

            Assert.Equal("won", ZeroBufferPeer.Text(created, "event"));
            if (ZeroBufferPeer.Text(tried, "event") == "won")
            {
                connected++;
            }
            else
            {
                // A segment has its name only when it is complete: nobody ever sees half of one.
                Assert.Equal("not-found", ZeroBufferPeer.Text(tried, "code"));
                writer.Send($"connect {segment.Name}", "connected");
            }

            PeerWrites(writer, 1, 100);
            PeerReadsAndReleases(reader, 1, 100);
            writer.Send("end-writer", "ended");
            reader.Send("end-reader", "ended");
            NoNames(segment.Name);
        }

        output.WriteLine($"creator and connector: {rounds} races, {connected} connected at once, the others found nothing yet");
    }

    [Fact]
    public void Scenario_11_1_RapidCreateDestroyCycles_TwoProcesses()
    {
        int cycles = Campaign.Count(100, 1000);
        using var segment = new TempSegment("s11-1");
        using ZeroBufferPeer peer = ZeroBufferPeer.Workbench("--no-sweep");

        // What the runtime opens once is open after the first lives.
        Live(5);
        JsonElement before = peer.Send("resources", "resources");
        Live(cycles);
        peer.Send($"cycles {segment.Name} {cycles}", "cycles");
        JsonElement after = peer.Send("resources", "resources");

        Assert.InRange(Growth("descriptors"), int.MinValue, 4);
        Assert.InRange(Growth("mappings"), int.MinValue, 4);
        NoNames(segment.Name);
        output.WriteLine($"{cycles} lives in two processes and {cycles} in one: before {before}, after {after}");

        long Growth(string what) => ZeroBufferPeer.Number(after, what) - ZeroBufferPeer.Number(before, what);

        void Live(int count)
        {
            for (int i = 0; i < count; i++)
            {
                peer.Send($"create {segment.Name} 64 1024", "created");
                using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name))
                {
                    WriteFrame(writer, 100);
                    PeerReadsAndReleases(peer, 1, 100);
                }

                peer.Send("end-reader", "ended");
                NoNames(segment.Name);
            }
        }
    }

    [Fact]
    public void Scenario_11_3_LongDurationStress_NothingGrows_TwoProcesses()
    {
        // Not 24 hours, and not the end of the sequence numbers, which is 58,000 years away at ten million frames a second.
        int frames = Campaign.Count(100_000, 20_000_000);
        using var segment = new TempSegment("s11-3");
        using var reader = Create(segment.Name, 64, 10240);
        using ZeroBufferPeer writer = ZeroBufferPeer.Launch(
            PeerKind.Ours, "write", segment.Name, "--frames", ZeroBufferPeer.Word(frames), "--sizes", "100,1,1000,37,3000",
            "--pattern", "sequence", "--no-checksum", "--timeout-ms", "30000");
        ReadFrame(reader, 1, 100);
        int descriptors = Directory.GetFiles("/proc/self/fd").Length;
        long allocated = GC.GetAllocatedBytesForCurrentThread();

        for (ulong sequence = 2; sequence <= (ulong)frames; sequence++)
        {
            bool right = reader.Read(out Frame frame, Patience) == ReadOutcome.Frame
                && frame.Sequence == sequence
                && FramePattern.Matches(frame.Span, sequence);
            frame.Dispose();
            if (!right)
            {
                Assert.Fail($"frame {sequence}");
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100_000);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 20);
        Assert.Equal(0, DrainUntil(reader, ReadOutcome.WriterClosed));
        Drained(segment.Name);
        output.WriteLine($"{frames} frames, {reader.Statistics.Wraps} wraps, {reader.Statistics.Waits} waits");
    }

    [Fact]
    public void Scenario_11_5_RapidCreateDestroyUnderLoad_TwoProcesses()
    {
        int cycles = Campaign.Count(100, 1000);
        using var segment = new TempSegment("s11-5");
        using var barrier = new RaceBarrier();
        using ZeroBufferPeer load = ZeroBufferPeer.Workbench();
        load.Process.WriteLine($"try-many {segment.Name} {barrier.Name}");
        long frames = 0;
        for (int i = 0; i < cycles; i++)
        {
            using var reader = ZeroBufferReader.Create(
                segment.Name, new() { MetadataSizeBytes = 64, PayloadSizeBytes = 1024, SweepStaleBuffers = false });

            // Every third life waits for its frame, the others end whatever the writer is doing.
            ReadOutcome outcome = reader.Read(out Frame frame, i % 3 == 0 ? Patience : TimeSpan.Zero);
            Assert.NotEqual(ReadOutcome.WriterDied, outcome);
            frames += outcome == ReadOutcome.Frame ? 1 : 0;
            frame.Dispose();
        }

        barrier.Stop();
        JsonElement tried = load.Answer("tried");

        Assert.InRange(frames, cycles / 3, cycles);
        Assert.True(ZeroBufferPeer.Number(tried, "connected") >= frames, tried.ToString());
        NoNames(segment.Name);
        output.WriteLine($"{cycles} lives under load, {frames} frames, {tried}");
    }

    private static bool RequireOneWinner(JsonElement first, JsonElement second, string code)
    {
        bool firstWon = ZeroBufferPeer.Text(first, "event") == "won";
        JsonElement loser = firstWon ? second : first;
        Assert.Equal("won", ZeroBufferPeer.Text(firstWon ? first : second, "event"));
        Assert.Equal("lost", ZeroBufferPeer.Text(loser, "event"));
        Assert.Equal(code, ZeroBufferPeer.Text(loser, "code"));
        return firstWon;
    }
}
