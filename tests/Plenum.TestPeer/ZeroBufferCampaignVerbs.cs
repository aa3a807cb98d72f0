using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Victims of the random kills: work at full speed until they are killed, and keep a ledger of what they
/// completed.</summary>
/// <remarks>Ledger: u64 at 0 = operations completed, at 8 = faults found, at 16 = lives.</remarks>
internal static class ZeroBufferCampaignVerbs
{
    private const int LargestFrame = 900;

    /// <summary>--name --ledger --seed: after a line of input connects and writes for ever; ledger 0 = sequence of the
    /// last frame whose write returned.</summary>
    [Verb("zerobuffer-campaign-write")]
    public static int Write(PeerArguments arguments)
    {
        using SharedSegment ledger = SharedSegment.Open(SegmentName.Parse(arguments.Text("ledger")));
        SharedUInt64 done = ledger.UInt64(0);
        ulong seed = (ulong)arguments.Number("seed");
        byte[] data = new byte[LargestFrame];
        Line("ready");
        _ = Next();
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(arguments.Text("name"), TimeSpan.FromSeconds(30));
        for (ulong sequence = 1; ; sequence++)
        {
            Span<byte> frame = data.AsSpan(0, FramePattern.SizeOf(seed, sequence, LargestFrame));
            FramePattern.Fill(frame, FramePattern.SeedOf(seed, sequence));
            if ((sequence & 3) == 0)
            {
                using FrameReservation room = Reserve(writer, frame.Length);
                frame.CopyTo(room.Span);
                room.Commit();
            }
            else if (!writer.TryWrite(frame, TimeSpan.FromSeconds(30)))
            {
                throw new TimeoutException("the reader stopped");
            }

            done.WriteRelease(sequence);
        }
    }

    /// <summary>--name --ledger: after a line of input creates the buffer, says 'created', and reads for ever; ledger 0
    /// = sequence of the last frame released, 8 = frames that were wrong. The seed is the metadata.</summary>
    [Verb("zerobuffer-campaign-read")]
    public static int Read(PeerArguments arguments)
    {
        using SharedSegment ledger = SharedSegment.Open(SegmentName.Parse(arguments.Text("ledger")));
        SharedUInt64 done = ledger.UInt64(0);
        SharedUInt64 faults = ledger.UInt64(8);
        Line("ready");
        _ = Next();
        using ZeroBufferReader reader = ZeroBufferReader.Create(
            arguments.Text("name"), new() { PayloadSizeBytes = 4096, SweepStaleBuffers = arguments.Flag("sweep") });
        Line("created");
        ulong seed = 0;
        for (ulong sequence = 1; ; sequence++)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, TimeSpan.FromSeconds(30));
            if (outcome != ReadOutcome.Frame)
            {
                throw new InvalidDataException($"frame {sequence}: {outcome}");
            }

            using (frame)
            {
                seed = seed == 0 ? ulong.Parse(reader.Metadata.ReadText()!, null) : seed;
                bool right = frame.Sequence == sequence
                    && frame.SizeBytes == FramePattern.SizeOf(seed, sequence, LargestFrame)
                    && FramePattern.Matches(frame.Span, FramePattern.SeedOf(seed, sequence));
                if (!right)
                {
                    faults.Add(1);
                }
            }

            done.WriteRelease(sequence);
        }
    }

    /// <summary>--name --ledger: after a line of input lives whole lives for ever: create, connect, metadata, frames,
    /// close.</summary>
    [Verb("zerobuffer-campaign-live")]
    public static int Live(PeerArguments arguments)
    {
        using SharedSegment ledger = SharedSegment.Open(SegmentName.Parse(arguments.Text("ledger")));
        SharedUInt64 lives = ledger.UInt64(16);
        string name = arguments.Text("name");
        byte[] data = new byte[100];
        Line("ready");
        _ = Next();
        while (true)
        {
            using ZeroBufferReader reader = ZeroBufferReader.Create(
                name, new() { PayloadSizeBytes = 512, SweepStaleBuffers = false });
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name);
            writer.Metadata.WriteText("life");
            for (int i = 0; i < 6; i++)
            {
                writer.Write(data);
                using Frame frame = reader.Read(TimeSpan.FromSeconds(5));
            }

            lives.Add(1);
        }
    }

    private static FrameReservation Reserve(ZeroBufferWriter writer, int sizeBytes) =>
        writer.TryReserve(sizeBytes, out FrameReservation room, TimeSpan.FromSeconds(30))
            ? room
            : throw new TimeoutException("the reader stopped");
}
