using System.Buffers.Binary;

namespace Plenum.ZeroBuffer.Tests;

/// <summary>A reader and a writer of one buffer in this process, and its raw bytes and semaphores.</summary>
internal sealed class Pair : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempSegment _name = new("zb");

    internal Pair(long metadata = 1024, long payload = 10240, bool connect = true, bool allowShortTail = false)
    {
        Options = new ZeroBufferOptions
        {
            MetadataSizeBytes = metadata,
            PayloadSizeBytes = payload,
            AllowShortTail = allowShortTail,
            SweepStaleBuffers = false,
        };
        Reader = ZeroBufferReader.Create(Name, Options);
        Raw = SharedSegment.Open(SegmentName.Parse(Name));
        SemW = NamedSemaphore.Open("sem-w-" + Name);
        SemR = NamedSemaphore.Open("sem-r-" + Name);
        if (connect)
        {
            Connect();
        }
    }

    internal string Name => _name.Name;

    internal ZeroBufferOptions Options { get; }

    internal ZeroBufferReader Reader { get; }

    internal ZeroBufferWriter Writer { get; private set; } = null!;

    internal SharedSegment Raw { get; }

    internal NamedSemaphore SemW { get; }

    internal NamedSemaphore SemR { get; }

    internal ulong Free => Field(0x28);

    internal ulong WritePosition => Field(0x30);

    internal ulong ReadPosition => Field(0x38);

    internal ulong WrittenCount => Field(0x40);

    internal ulong ReadCount => Field(0x48);

    internal ZeroBufferWriter Connect() => Writer = ZeroBufferWriter.Connect(Name, Options);

    internal ulong Field(int offset) => Raw.UInt64(offset).ReadAcquire();

    internal void Poke(long offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(Raw.Span(offset, 8), value);

    internal byte[] Bytes() => Raw.ReadOnlySpan(0, (int)Raw.SizeBytes).ToArray();

    /// <summary>P(n, s) of the golden images: byte i = (i + s) mod 256.</summary>
    internal static byte[] P(int size, long seed)
    {
        var data = new byte[size];
        for (int i = 0; i < size; i++)
        {
            data[i] = (byte)(i + seed);
        }

        return data;
    }

    /// <summary>Reads one frame, checks number and content P(n, sequence), releases it.</summary>
    internal void ReadAndCheck(ulong sequence, int size)
    {
        Assert.Equal(ReadOutcome.Frame, Reader.Read(out Frame frame, Patience));
        using (frame)
        {
            Assert.Equal(sequence, frame.Sequence);
            Assert.Equal(size, frame.SizeBytes);
            Assert.True(frame.Span.SequenceEqual(P(size, (long)sequence)));
        }
    }

    internal void WriteP(int size, long sequence) => Writer.Write(P(size, sequence));

    public void Dispose()
    {
        Writer?.Dispose();
        Reader.Dispose();
        Raw.Dispose();
        SemW.Dispose();
        SemR.Dispose();
        _name.Dispose();
    }
}
