namespace ZeroBuffer;

/// <summary>A frame in the ring, read in place. Dispose it to give its bytes back to the writer.</summary>
/// <remarks>Copies count as one: the first Dispose of any of them gives the bytes back, the others do
/// nothing.</remarks>
public readonly unsafe ref struct Frame
{
    private readonly Plenum.ZeroBuffer.Frame _frame;
    private readonly byte* _data;
    private readonly int _size;

    internal Frame(Plenum.ZeroBuffer.Frame frame)
    {
        _frame = frame;
        _size = frame.SizeBytes;

        // SAFETY: the span is shared memory, which the collector does not move, and stays mapped until the frame is
        //   disposed.
        fixed (byte* data = frame.Span)
        {
            _data = data;
        }
    }

    /// <summary>A frame that is none.</summary>
    public static Frame Invalid => default;

    /// <summary>The writer's number of the frame.</summary>
    public ulong Sequence => _frame.Sequence;

    /// <summary>True for a frame that was read and not disposed.</summary>
    public bool IsValid => _frame.IsValid;

    /// <summary>Size of the data in bytes.</summary>
    public int Size => _size;

    /// <summary>The data, in shared memory; empty for an invalid frame.</summary>
    public ReadOnlySpan<byte> Span => IsValid ? new ReadOnlySpan<byte>(_data, _size) : [];

    /// <summary>The first byte of the data; null for an invalid frame. Not to be used after
    /// <see cref="Dispose"/>.</summary>
    public byte* Pointer => IsValid ? _data : null;

    /// <summary>The data for somebody who changes it; empty for an invalid frame.</summary>
    public Span<byte> GetMutableSpan() => IsValid ? new Span<byte>(_data, _size) : [];

    /// <summary>A copy of the data; empty for an invalid frame.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <summary>Gives the bytes back to the writer. Does nothing when that happened before.</summary>
    public void Dispose() => _frame.Dispose();

    internal IDisposable KeepMapped() => _frame.KeepMapped();
}
