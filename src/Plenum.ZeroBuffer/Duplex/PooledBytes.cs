using System.Buffers;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Bytes that a codec writes, in a pooled array; one thread at a time, reused from call to call.</summary>
internal sealed class PooledBytes : IBufferWriter<byte>
{
    private const int FirstSize = 256;

    // A value of a large message must not stay with its thread for ever.
    private const int LargestKept = 1 << 20;

    [ThreadStatic]
    private static PooledBytes? s_kept;

    private byte[] _bytes = [];
    private int _count;

    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _count);

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _count);

    /// <summary>An empty one; <see cref="Return"/> it.</summary>
    internal static PooledBytes Rent()
    {
        PooledBytes found = s_kept ?? new PooledBytes();
        s_kept = null;
        return found;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _count);
        _count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_count);
    }

    internal void Return()
    {
        _count = 0;
        if (_bytes.Length > LargestKept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        s_kept = this;
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = checked(_count + Math.Max(1, sizeHint));
        if (needed <= _bytes.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(needed, _bytes.Length * 2)));
        Span.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
