using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>kill -9 at random moments of a process at full speed. 20 kills of each kind, 1500 with PLENUM_FULL=1.</summary>
public sealed class ZeroBufferRandomKillTests(ITestOutputHelper output)
{
    private const int LargestFrame = 900;

    [Fact]
    public void Writer_KilledAtRandom_EveryCompletedFrameIsReadOnce()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(20261);
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
                ulong read = ReadAndKill(reader, victim, (ulong)round, random.Next(1, 4000), random.Next(2000));

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
        output.WriteLine($"writer: {kills} kills, {frames} frames read once each, {halfFrames} of them from a write that had not returned, "
            + "0 bytes and 0 places lost");
    }

    [Fact]
    public void Reader_KilledAtRandom_WriterIsToldAndGoesOnWithTheNextReader()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(20262);
        long frames = 0;
        long read = 0;
        using var segment = new TempSegment("rndr");
        using (var ledger = new KillLedger(_ => ["zerobuffer-campaign-read", "--name", segment.Name]))
        {
            for (int round = 1; round <= kills; round++)
            {
                using PeerProcess victim = ledger.Release(round == kills);
                using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, BufferChecks.Patience);
                writer.Metadata.WriteText(round.ToString(CultureInfo.InvariantCulture));

                ulong written = WriteAndKill(writer, victim, ledger, (ulong)round, (ulong)random.Next(1, 4000), random.Next(2000));

                Assert.True(ledger.Done <= written, $"{ledger.Done} frames read of {written} written");
                Assert.Equal(0UL, ledger.Faults);
                frames += (long)written;
                read += (long)ledger.Done;
            }
        }

        BufferChecks.TakeOver(segment.Name);
        output.WriteLine($"reader: {kills} kills, all reported to the writer, {frames} frames written, {read} read, 0 wrong");
    }

    [Fact]
    public void WholeLife_KilledAtRandom_NextOneTakesOver()
    {
        int kills = Campaign.Count(20, 1500);
        var random = new Random(20263);
        int clean = 0;
        using var segment = new TempSegment("rndl");
        using var ledger = new KillLedger(_ => ["zerobuffer-campaign-live", "--name", segment.Name]);
        ulong lives = 0;
        for (int round = 1; round <= kills; round++)
        {
            using PeerProcess victim = ledger.Release(round == kills);
            ulong until = lives + (ulong)random.Next(0, 12);
            Watchdog.Run(() =>
            {
                while (ledger.Lives < until)
                {
                    Thread.Yield();
                }
            });
            Spin(random.Next(3000));
            victim.Kill();
            lives = ledger.Lives;
            clean += TempSegment.FilesOf(segment.Name).Any(File.Exists) ? 0 : 1;
            BufferChecks.TakeOver(segment.Name);
        }

        output.WriteLine($"whole life: {kills} kills in {lives} lives, {kills} take-overs, {clean} times nothing had to be cleaned");
    }

    private static ulong ReadAndKill(ZeroBufferReader reader, PeerProcess victim, ulong seed, int killAfter, int spin)
    {
        ulong read = 0;
        bool killed = false;
        while (true)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, BufferChecks.Patience);
            if (outcome != ReadOutcome.Frame && read == 0 && !killed && !victim.HasExited)
            {
                // The end of the writer before this one; its successor is on its way.
                Thread.Yield();
                continue;
            }

            if (outcome != ReadOutcome.Frame)
            {
                Assert.True(killed, $"the reader saw {outcome} before the kill\n{victim.Transcript}");
                Assert.Equal(ReadOutcome.WriterDied, outcome);
                return read;
            }

            using (frame)
            {
                read++;
                RequireFrame(frame, seed, read);
            }

            if (!killed && read >= (ulong)killAfter)
            {
                Spin(spin);
                victim.Kill();
                killed = true;
            }
        }
    }

    private static ulong WriteAndKill(
        ZeroBufferWriter writer, PeerProcess victim, KillLedger ledger, ulong seed, ulong killAfter, int spin)
    {
        byte[] data = new byte[LargestFrame];
        bool killed = false;
        ulong sequence = 1;
        try
        {
            while (true)
            {
                Span<byte> frame = data.AsSpan(0, FramePattern.SizeOf(seed, sequence, LargestFrame));
                FramePattern.Fill(frame, FramePattern.SeedOf(seed, sequence));
                Assert.True(writer.TryWrite(frame, BufferChecks.Patience), "The buffer stayed full.\n" + victim.Transcript);
                sequence++;
                if (!killed && ledger.Done >= killAfter)
                {
                    Spin(spin);
                    victim.Kill();
                    killed = true;
                }
            }
        }
        catch (PeerTerminatedException)
        {
            Assert.True(killed, "the writer was told of a death before the kill\n" + victim.Transcript);
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
