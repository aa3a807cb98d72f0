using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>The fields that version 2 adds, set to boundary and random values by the other process: met by a writer
/// that connects, and while one runs.</summary>
public sealed class ZeroBufferHostileSecondTests
{
    private const int Payload = 1024;
    private const int Size = 100;

    // Location, size and first words of the payload's name, role, queue size, announcement, reserved.
    public static TheoryData<int> Offsets => [0x60, 0x68, 0x70, 0x78, 0x170, 0x178, 0x180, 0x188, 0x3F8];

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Connect_FieldSetByTheOtherProcess_ErrorOrAWriter(int offset)
    {
        using var segment = new TempSegment("hos2");
        using ZeroBufferPeer peer = Create(segment);
        ulong original = HostileProcess.Field(segment.Name, offset);
        foreach (ulong value in new HeaderField("v2", offset).Values)
        {
            Poke(peer, segment, (offset, value));

            Exception? error = Record.Exception(() => ZeroBufferWriter.Connect(segment.Name).Dispose());

            // Words that decide nothing are ignored; the others lead to an error about this buffer or its payload.
            bool decides = offset < 0x178 && value != original;
            if (decides)
            {
                Assert.True(
                    error is SegmentFormatException or SegmentCorruptedException, $"{offset:X} = {value}: {error}");
                Assert.StartsWith("Could not ", error.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Null(error);
            }

            Poke(peer, segment, (offset, original));
            Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
        }

        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, Size);
        PeerReadsAndReleases(peer, 1, Size);
    }

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Run_FieldSetByTheOtherProcess_NextFrameIsRight(int offset)
    {
        using var segment = new TempSegment("hor2");
        using ZeroBufferPeer peer = Create(segment);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        ulong sequence = 0;
        foreach (ulong value in new HeaderField("v2", offset).Values)
        {
            Poke(peer, segment, (offset, value));

            WriteFrame(writer, Size);

            PeerReadsAndReleases(peer, ++sequence, Size);
        }
    }

    private static ZeroBufferPeer Create(TempSegment segment)
    {
        ZeroBufferPeer peer = ZeroBufferPeer.Workbench("--no-sweep", "--own-segment");
        peer.Send($"create {segment.Name} 64 {Payload}", "created");
        return peer;
    }

    private static void Poke(ZeroBufferPeer peer, TempSegment segment, (long Offset, ulong Value) word) => peer.Send(
        string.Create(CultureInfo.InvariantCulture, $"poke {segment.Name} {word.Offset} {word.Value}"), "poked");
}
