using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>kill -9 at random moments of a process at full speed. 20 kills of each kind, 1500 with
/// PLENUM_FULL=1.</summary>
public sealed class ZeroBufferRandomKillTests(ITestOutputHelper output)
{
    private const int LargestFrame = 900;

    [Fact]
    public void Writer_KilledAtRandom_EveryCompletedFrameIsReadOnce()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(Campaign.Seed(20261));
        long frames = 0;
        long unfinished = 0;
        long halfFrames = 0;
        using var segment = new TempSegment("rndw");
        using (var ledger = new KillLedger(_ => ["zerobuffer-campaign-write", "--name", segment.Name]))
        using (var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 4096 }))
        {
            for (int round = 1; round <= kills; round++)
            {
                using PeerProcess victim = ledger.Release(round == kills);
                ulong target = (ulong)random.Next(1, 4000);
                Thread killer = KillLater(victim, () => ledger.Done >= target, random.Next(3000));
                ulong read = ReadUntilDead(reader, victim, (ulong)round);
                killer.Join();

                // The last write may have been published without returning; nothing else may differ.
                ulong completed = ledger.Done;
                Assert.InRange(read, completed, completed + 1);
                halfFrames += read > completed ? 1 : 0;
                frames += (long)read;
                var image = ZeroBufferImage.Of(segment.Name);
                Assert.Equal(image.PayloadSize, image.Free);
                Assert.Equal(0, image.DataTokens);
                unfinished += image.WriterPid != 0 ? 1 : 0;
            }
        }

        BufferChecks.NoNames(segment.Name);
        Assert.Equal(0, unfinished);
        output.WriteLine($"writer: {kills} kills, {frames} frames read once each, {halfFrames} of them from a write "
            + "that had not returned, "
            + "0 bytes and 0 places lost");
    }

    [Fact]
    public void Reader_KilledAtRandom_WriterIsToldAndGoesOnWithTheNextReader()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(Campaign.Seed(20262));
        long frames = 0;
        long read = 0;
        using var segment = new TempSegment("rndr");
        using (var ledger = new KillLedger(_ => ["zerobuffer-campaign-read", "--name", segment.Name]))
        {
            for (int round = 1; round <= kills; round++)
            {
                using PeerProcess victim = ledger.Release(round == kills);
                using ZeroBufferWriter writer = Connect(segment.Name, victim);
                writer.Metadata.WriteText(round.ToString(CultureInfo.InvariantCulture));

                ulong target = (ulong)random.Next(1, 4000);
                Thread killer = KillLater(victim, () => ledger.Done >= target, random.Next(3000));
                ulong written = WriteUntilDead(writer, victim, (ulong)round);
                killer.Join();

                Assert.True(ledger.Done <= written, $"{ledger.Done} frames read of {written} written");
                Assert.Equal(0UL, ledger.Faults);
                frames += (long)written;
                read += (long)ledger.Done;
            }
        }

        BufferChecks.TakeOver(segment.Name);
        output.WriteLine($"reader: {kills} kills, all reported to the writer, {frames} frames written, {read} read, 0 "
            + "wrong");
    }

    [Fact]
    public void WholeLife_KilledAtRandom_NextOneTakesOver()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(Campaign.Seed(20263));
        int clean = 0;
        using var segment = new TempSegment("rndl");
        using var ledger = new KillLedger(_ => ["zerobuffer-campaign-live", "--name", segment.Name]);
        ulong lives = 0;
        for (int round = 1; round <= kills; round++)
        {
            using PeerProcess victim = ledger.Release(round == kills);
            ulong until = lives + (ulong)random.Next(0, 12);
            Thread killer = KillLater(victim, () => ledger.Lives >= until, random.Next(3000));
            killer.Join();
            lives = ledger.Lives;
            clean += TempSegment.FilesOf(segment.Name).Any(File.Exists) ? 0 : 1;
            BufferChecks.TakeOver(segment.Name);
        }

        output.WriteLine($"whole life: {kills} kills in {lives} lives, {kills} take-overs, {clean} times nothing had "
            + "to be cleaned");
    }

    private static ZeroBufferWriter Connect(string name, PeerProcess victim)
    {
        try
        {
            return ZeroBufferWriter.Connect(name, BufferChecks.Patience);
        }
        catch (TimeoutException e)
        {
            string state = victim.HasExited ? "has ended" : "runs";
            throw new InvalidOperationException($"The victim, which {state}, created nothing: {victim.Transcript}", e);
        }
    }

    // Both ends go on at full speed while a third thread kills.
    private static Thread KillLater(PeerProcess victim, Func<bool> isTime, int spin)
    {
        var killer = new Thread(() =>
        {
            try
            {
                while (!isTime() && !victim.HasExited)
                {
                    Thread.Yield();
                }

                Spin(spin);
                victim.Kill();
            }
            catch (InvalidOperationException)
            {
                // The round failed and has put the victim away; its own error is the one to be seen.
            }
        })
        {
            IsBackground = true,
            Name = "killer",
        };
        killer.Start();
        return killer;
    }

    private static ulong ReadUntilDead(ZeroBufferReader reader, PeerProcess victim, ulong seed)
    {
        ulong read = 0;
        while (true)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, BufferChecks.Patience);
            if (outcome == ReadOutcome.WriterDied && read == 0 && !victim.HasExited)
            {
                // Still the end of the writer before this one; its successor is on its way.
                Thread.Yield();
                continue;
            }

            if (outcome != ReadOutcome.Frame)
            {
                Assert.Equal(ReadOutcome.WriterDied, outcome);
                return read;
            }

            using (frame)
            {
                read++;
                RequireFrame(frame, seed, read);
            }
        }
    }

    private static ulong WriteUntilDead(ZeroBufferWriter writer, PeerProcess victim, ulong seed)
    {
        byte[] data = new byte[LargestFrame];
        ulong sequence = 1;
        try
        {
            while (true)
            {
                Span<byte> frame = data.AsSpan(0, FramePattern.SizeOf(seed, sequence, LargestFrame));
                FramePattern.Fill(frame, FramePattern.SeedOf(seed, sequence));
                Assert.True(writer.TryWrite(frame, BufferChecks.Patience),
                    "The buffer stayed full.\n" + victim.Transcript);
                sequence++;
            }
        }
        catch (PeerTerminatedException)
        {
            return sequence - 1;
        }
    }

    private static void RequireFrame(in Frame frame, ulong seed, ulong sequence)
    {
        bool right = frame.Sequence == sequence
            && frame.SizeBytes == FramePattern.SizeOf(seed, sequence, LargestFrame)
            && FramePattern.Matches(frame.Span, FramePattern.SeedOf(seed, sequence));
        Assert.True(right, $"frame {sequence} of writer {seed}: sequence {frame.Sequence}, {frame.SizeBytes} bytes");
    }

    // A random moment inside an operation of the victim, not a wait for anything.
    private static void Spin(int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
        {
            GC.KeepAlive(start + i);
        }
    }
}
