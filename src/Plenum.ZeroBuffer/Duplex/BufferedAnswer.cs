using System.Buffers;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>An answer that is built in a pooled array because several handlers run side by side. One thread at a
/// time.</summary>
internal sealed class BufferedAnswer : AnswerTarget
{
    private byte[]? _bytes;
    private int _size;

    internal bool IsWritten => _bytes is not null;

    internal ReadOnlySpan<byte> Data => _bytes.AsSpan(0, _size);

    internal override Span<byte> Reserve(int sizeBytes) => ReserveMemory(sizeBytes).Span;

    internal Memory<byte> ReserveMemory(int sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        if (_bytes is not null)
        {
            ThrowAnswered();
        }

        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, sizeBytes));
        _size = sizeBytes;
        return _bytes.AsMemory(0, sizeBytes);
    }

    internal void Clear()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
            _size = 0;
        }
    }
}
