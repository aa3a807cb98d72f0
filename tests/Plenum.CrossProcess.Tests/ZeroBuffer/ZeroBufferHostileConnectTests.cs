using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.HostileProcess;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>A header set to boundary and random values by another process, met by a writer that connects and by a reader that takes
/// over: an error that names the field, or a connection.</summary>
public sealed class ZeroBufferHostileConnectTests(HostileProcess hostile) : IClassFixture<HostileProcess>
{
    public static TheoryData<string> Fields => HeaderField.AllBut("writer_pid", "reader_pid");

    [Theory]
    [MemberData(nameof(Fields))]
    public void Connect_FieldSetByTheOtherProcess_ErrorNamesItOrAWriter(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hostc");
        hostile.Create(segment.Name);
        foreach (ulong value in field.Values)
        {
            ulong original = Field(segment.Name, field.Offset);
            hostile.Poke(segment.Name, (field.Offset, value));
            string[] expected = ExpectedErrors(field, value);

            string? found = Connect(segment.Name);

            bool right = expected.Length == 0 ? found is null : found is not null && expected.Any(found.Contains);
            Assert.True(right, $"{name} = {value}: '{found ?? "connected"}' instead of '{string.Join("' or '", expected)}'");

            // A refused writer has changed nothing; one that connected has written a frame nobody reads: a new beginning.
            hostile.Poke(
                segment.Name, (field.Offset, original), (0x10, Metadata), (0x18, 0), (0x28, Payload), (0x30, 0), (0x38, 0));
            Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
        }

        hostile.EndReader();
    }

    [Fact]
    public void Connect_ReaderPidSetByTheOtherProcess_ZeroIsNoReaderAndOthersAreJudgedByTheLock()
    {
        HeaderField field = HeaderField.Of("reader_pid");
        using var segment = new TempSegment("hostr");
        hostile.Create(segment.Name);
        foreach (ulong value in field.Values)
        {
            hostile.Poke(segment.Name, (field.Offset, value), (0x28, Payload), (0x30, 0));

            Assert.Equal(value == 0 ? "reader is gone" : null, Connect(segment.Name));
        }

        hostile.Poke(segment.Name, (field.Offset, (ulong)hostile.Peer.Process.Id));
        hostile.EndReader();
    }

    [Fact]
    public void Connect_WriterPidSetByTheOtherProcess_LivingOneIsRespectedDeadOneReplaced()
    {
        using var segment = new TempSegment("hostw");
        hostile.Create(segment.Name);
        foreach (ulong living in new[] { 1UL, (ulong)hostile.Peer.Process.Id })
        {
            hostile.Poke(segment.Name, (0x50, living));
            SegmentBusyException busy = Assert.Throws<SegmentBusyException>(() => ZeroBufferWriter.Connect(segment.Name));
            Assert.Equal((long)living, busy.ProcessId);
            Assert.Equal(living, ZeroBufferImage.Of(segment.Name).WriterPid);
        }

        foreach (ulong nobody in new[] { 1UL << 31, 1UL << 63, ulong.MaxValue })
        {
            hostile.Poke(segment.Name, (0x50, nobody), (0x28, Payload), (0x30, 0));
            Assert.Null(Connect(segment.Name));
            Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
        }

        hostile.EndReader();
    }

    [Theory]
    [InlineData("metadata_size")]
    [InlineData("payload_size")]
    [InlineData("payload_free_bytes")]
    [InlineData("payload_write_pos")]
    [InlineData("reserved 0x60")]
    public void Create_SegmentOfAKilledReaderWithAnyField_IsReplaced(string name)
    {
        HeaderField field = HeaderField.Of(name);
        using var segment = new TempSegment("hostt");
        byte[] dead;
        using (ZeroBufferPeer victim = ScenarioEnds.Reader(PeerKind.Ours, segment.Name, Metadata, Payload))
        {
            dead = File.ReadAllBytes(segment.FilePath);
            victim.Kill();
        }

        foreach (ulong value in field.Values)
        {
            // Any process of this machine may sweep a dead reader's buffer at any time, so the field is changed before it is there.
            BitConverter.TryWriteBytes(dead.AsSpan(field.Offset), value);
            File.WriteAllBytes(segment.FilePath, dead);
            BufferChecks.TakeOver(segment.Name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(Ring + Payload - 1)]
    public void Connect_SegmentCutShort_IsAnErrorAndNoBusError(long size)
    {
        using var segment = new TempSegment("hosts");
        hostile.Create(segment.Name);
        using (FileStream file = File.OpenWrite(segment.FilePath))
        {
            file.SetLength(size);
        }

        Assert.ThrowsAny<SharedMemoryException>(() => ZeroBufferWriter.Connect(segment.Name));

        using (FileStream file = File.OpenWrite(segment.FilePath))
        {
            file.SetLength(Ring + Payload);
        }

        hostile.EndReader();
    }

    // No error: connected, and the write that followed ended as one may.
    private static string? Connect(string name)
    {
        try
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name);
            try
            {
                writer.TryWrite(FramePattern.Make(100, 1));
                writer.Metadata.Write([1, 2, 3]);
            }
            catch (Exception e) when (e is FrameSizeException or InvalidOperationException or ArgumentException or PeerClosedException)
            {
                // A position or size that is possible and leaves no room, or metadata that says it was written.
            }

            return null;
        }
        catch (SegmentCorruptedException e)
        {
            return e.Field;
        }
        catch (SegmentFormatException e)
        {
            return e.Message;
        }
        catch (PeerTerminatedException e) when (e.Message.Contains("reader is gone", StringComparison.Ordinal))
        {
            return "reader is gone";
        }
    }

    private static string[] ExpectedErrors(HeaderField field, ulong value) => field.Name switch
    {
        "oieb_size and version" => Format(value),
        "metadata_size" => value is 0 or Metadata ? [] : ["metadata_size", "payload_size"],

        // Smaller than the free bytes: one of the two lies.
        "payload_size" => value == Payload ? [] : ["payload_size", "payload_free_bytes"],
        "metadata_written_bytes" => value is 0 or (>= 8 and <= Metadata) ? [] : ["metadata_written_bytes"],
        "payload_free_bytes" or "payload_write_pos" or "payload_read_pos" => value <= Payload ? [] : [field.Name],

        // Counters, free metadata bytes and reserved words decide nothing.
        _ => [],
    };

    private static string[] Format(ulong value)
    {
        if ((uint)value != 128)
        {
            return (uint)value == 1024 ? ["version 2"] : ["oieb_size", "creating"];
        }

        return (byte)(value >> 32) == 1 && (byte)(value >> 56) == 0 ? [] : ["protocol version"];
    }
}
