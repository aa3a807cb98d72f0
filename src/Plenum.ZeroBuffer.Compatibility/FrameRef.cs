namespace ZeroBuffer;

/// <summary>A reference to a frame's bytes that can be stored, unlike a <see cref="Frame"/>.</summary>
/// <remarks>It neither owns nor releases the frame: after the frame was disposed the bytes may be those of a later
/// frame. The memory stays mapped as long as a reference made from a frame exists, also after the reader was disposed;
/// a reference made from a pointer is only as good as the pointer.</remarks>
public unsafe class FrameRef
{
    private readonly byte* _data;
    private readonly IDisposable? _mapping;

    /// <summary>Creates a reference.</summary>
    /// <param name="dataPtr">The first byte.</param>
    /// <param name="size">Number of bytes.</param>
    /// <param name="sequence">The frame's number.</param>
    public FrameRef(byte* dataPtr, int size, ulong sequence)
        : this(dataPtr, size, sequence, null)
    {
    }

    private FrameRef(byte* data, int size, ulong sequence, IDisposable? mapping)
    {
        // SAFETY: the bytes of a frame stay mapped while _mapping is reachable, and it is as long as this object is.
        _data = data;
        _mapping = mapping;
        Size = size;
        Sequence = sequence;
    }

    /// <summary>A reference to nothing.</summary>
    public static FrameRef Invalid => new(null, 0, 0);

    /// <summary>The frame's number.</summary>
    public ulong Sequence { get; }

    /// <summary>Number of bytes.</summary>
    public int Size { get; }

    /// <summary>True unless the reference is to nothing.</summary>
    public bool IsValid => _data != null && Size > 0;

    /// <summary>The bytes, in shared memory. Keep the reference reachable while the span is used.</summary>
    public ReadOnlySpan<byte> Span => _data != null ? new ReadOnlySpan<byte>(_data, Size) : [];

    /// <summary>A copy of the bytes.</summary>
    public byte[] Data => ToArray();

    /// <summary>A reference to a frame's bytes.</summary>
    /// <param name="frame">The frame.</param>
    /// <exception cref="ArgumentException">The frame is not valid.</exception>
    public static FrameRef FromFrame(Frame frame) => frame.IsValid
        ? new FrameRef(frame.Pointer, frame.Size, frame.Sequence, frame.KeepMapped())
        : throw new ArgumentException("A frame that is not valid has no bytes to refer to. Check IsValid first.",
            nameof(frame));

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToArray()
    {
        byte[] copy = Span.ToArray();
        GC.KeepAlive(_mapping);
        return copy;
    }
}
