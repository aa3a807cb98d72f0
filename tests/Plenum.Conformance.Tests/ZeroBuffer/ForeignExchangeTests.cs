using System.Text.Json;
using Plenum.ZeroBuffer;

namespace Plenum.Conformance.Tests.ZeroBuffer;

/// <summary>Many frames between this library and the independent implementations, both ways, through rings that are too
/// small.</summary>
public sealed class ForeignExchangeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Peer, payload size, frame sizes used in turn, number of frames.</summary>
    public static TheoryData<PeerKind, int, string, int> Streams()
    {
        var streams = new TheoryData<PeerKind, int, string, int>();
        foreach (PeerKind kind in new[] { PeerKind.Python, PeerKind.Cpp })
        {
            int many = kind == PeerKind.Cpp ? 20000 : 2000;
            streams.Add(kind, 10240, "1024", many);
            streams.Add(kind, 4096, "1,17,100,900,33,1008,240", many);
            streams.Add(kind, 1024, "496", many);
            streams.Add(kind, 1 << 20, "65536,1,200000,4096", 200);
            streams.Add(kind, 64, "16,1,8", 500);
        }

        // Exact fit of the whole ring, again and again.
        streams.Add(PeerKind.Python, 4096, "4080", 200);
        streams.Add(PeerKind.Cpp, 4096, "4080", 200);
        return streams;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_ForeignWriter_EveryByteArrives(PeerKind kind, int payload, string sizes, int frames)
    {
        Require(kind);
        using var segment = new TempSegment("cfr");
        using (var reader = ZeroBufferReader.Create(segment.Name, new()
        {
            PayloadSizeBytes = payload,
            AllowShortTail = true
        }))
        {
            using ZeroBufferPeer writer = ZeroBufferPeer.Launch(
                kind, "write", segment.Name, "--sizes", sizes, "--frames", ZeroBufferPeer.Word(frames),
                "--metadata-bytes", "77",
                "--pattern", "sequence");
            ulong checksum = 0;
            long bytes = 0;
            for (ulong sequence = 1; sequence <= (ulong)frames; sequence++)
            {
                Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, s_patience));
                using (frame)
                {
                    Assert.Equal(sequence, frame.Sequence);
                    Assert.True(FramePattern.Matches(frame.Span, sequence), $"the bytes of frame {sequence}");
                    checksum = FramePattern.Checksum(frame.Span, checksum);
                    bytes += frame.SizeBytes;
                }
            }

            JsonElement summary = writer.Answer("summary");
            Assert.Equal(ReadOutcome.WriterClosed, reader.Read(out _, s_patience));
            Assert.Equal(FramePattern.Text(checksum), ZeroBufferPeer.Text(summary, "checksum"));
            Assert.Equal(bytes, ZeroBufferPeer.Number(summary, "bytesWritten"));
            Assert.Equal(FramePattern.Make(77, 0), reader.Metadata.ToArray());
            RequireDrained(segment.Name);
            writer.Process.ExpectExit();
        }

        Assert.Empty(TempSegment.StillThere(segment.Name));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Write_ForeignReader_EveryByteArrives(PeerKind kind, int payload, string sizes, int frames)
    {
        Require(kind);
        using var segment = new TempSegment("cfw");
        using (ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, "--payload-size", ZeroBufferPeer.Word(payload), "--frames", ZeroBufferPeer.Word(frames),
            "--pattern", "sequence"))
        {
            int[] turns = [.. sizes.Split(',').Select(int.Parse)];
            ulong checksum = 0;
            using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, s_patience))
            {
                writer.Metadata.Write(FramePattern.Make(77, 0));
                for (int i = 0; i < frames; i++)
                {
                    Assert.True(writer.TryReserve(FittingSize(writer, turns[i % turns.Length]),
                        out FrameReservation frame, s_patience));
                    FramePattern.Fill(frame.Span, frame.Sequence);
                    checksum = FramePattern.Checksum(frame.Span, checksum);
                    frame.Commit();
                }
            }

            JsonElement summary = reader.Answer("summary");
            Assert.Equal(frames, ZeroBufferPeer.Number(summary, "framesRead"));
            Assert.Equal(0, ZeroBufferPeer.Number(summary, "verifyErrors"));
            Assert.Equal(FramePattern.Text(checksum), ZeroBufferPeer.Text(summary, "checksum"));
            Assert.Equal(Convert.ToHexStringLower(FramePattern.Make(77, 0)), ZeroBufferPeer.Text(summary, "metadata"));
            reader.Process.ExpectExit();
        }

        Assert.Empty(TempSegment.StillThere(segment.Name));
    }

    internal static void Require(PeerKind kind)
    {
        if (kind == PeerKind.Cpp && CppPeers.Missing is { } reason)
        {
            Assert.Skip(reason);
        }
    }

    internal static void RequireDrained(string name)
    {
        var image = ZeroBufferImage.Of(name);
        Assert.Equal(image.PayloadSize, image.Free);
        Assert.Equal(0, image.DataTokens);
    }

    // A size that would leave a tail without room for a header is refused by our writer towards foreign readers, with
    // the nearest one that is not.
    private static int FittingSize(ZeroBufferWriter writer, int sizeBytes)
    {
        try
        {
            writer.TryReserve(sizeBytes, out FrameReservation probe, TimeSpan.Zero);
            probe.Dispose();
            return sizeBytes;
        }
        catch (FrameSizeException e) when (e.Error is FrameSizeError.LeavesShortTail or FrameSizeError.NeverFitsHere)
        {
            return (int)e.FittingSizeBytes;
        }
    }
}
