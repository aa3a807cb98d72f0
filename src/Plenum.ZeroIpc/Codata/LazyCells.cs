using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The fields of one lazy value.</summary>
internal sealed class LazyCells<T>
    where T : unmanaged
{
    // The stamp of what a value was computed from lies behind the error text of the kinds that only this library
    // computes.
    private const int StampOffset = 240;

    private const int ChainAlignment = 8;
    private const int ChainShift = 30;
    private const uint ChainMask = (1u << ChainShift) - 1;

    private readonly LazyLayout _layout;
    private readonly SharedSegment _segment;
    private readonly SharedColumn<T> _cached;
    private readonly SharedColumn<T> _operands;
    private readonly SharedUInt32 _operation;
    private readonly SharedUInt32 _count;
    private readonly long _offset;

    internal LazyCells(SharedSegment segment, long offset, in LazyLayout layout)
    {
        _layout = layout;
        _segment = segment;
        _offset = offset;
        _cached = segment.Column<T>(offset + layout.Cached, 1);
        if (layout.Operation >= 0)
        {
            _operation = segment.UInt32(offset + layout.Operation);
            _operands = segment.Column<T>(offset + layout.Operands, 2);
        }

        if (layout.Count >= 0)
        {
            _count = segment.UInt32(offset + layout.Count);
        }
    }

    internal bool HasError => _layout.Error >= 0;

    // PLAIN stored before anybody can find the entry, never changed.
    internal uint RawOperation => _layout.Operation >= 0 ? _operation.ReadOwned() : (uint)LazyOperation.External;

    /// <summary>How often the value was computed; where the layout has no count, 0.</summary>
    internal uint Count => _layout.Count >= 0 ? _count.ReadAcquire() : 0;

    internal T Value
    {
        get => _cached.Read(0);
        set => _cached.Write(0, value);
    }

    internal string ErrorText =>
        HasError ? ErrorField.Read(_segment, _offset + _layout.Error) : string.Empty;

    internal ulong Stamp =>
        HasError ? BinaryPrimitives.ReadUInt64LittleEndian(_segment.ReadOnlySpan(StampAt, sizeof(ulong))) : 0;

    private long StampAt => _offset + _layout.Error + StampOffset;

    internal (T A, T B) Operands => (_operands.Read(0), _operands.Read(1));

    /// <summary>The operation and the entries that a chain refers to; 0 for none.</summary>
    internal (LazyOperation Operation, long A, long B) Chain
    {
        get
        {
            long at = _offset + _layout.Operands;
            uint first = _segment.UInt32(at).ReadAcquire();
            uint second = _segment.UInt32(at + 4).ReadAcquire();
            var operation = (LazyOperation)((first >> ChainShift) + 1);
            return (operation, (first & ChainMask) * (long)ChainAlignment, second * (long)ChainAlignment);
        }
    }

    internal void CountUp()
    {
        if (_layout.Count >= 0)
        {
            _ = _count.Increment();
        }
    }

    internal void WriteError(string text) => ErrorField.Write(_segment, _offset + _layout.Error, text, StampOffset);

    internal void WriteStamp(ulong stamp) =>
        BinaryPrimitives.WriteUInt64LittleEndian(_segment.Span(StampAt, sizeof(ulong)), stamp);

    /// <summary>Fills the bytes of a new lazy that stores values.</summary>
    internal static void Initialize(
        SharedSegment segment, long offset, in LazyLayout layout, uint operation, T a, T b, T? computed)
    {
        // PLAIN nobody can find the entry yet.
        if (layout.Operation >= 0)
        {
            segment.UInt32(offset + layout.Operation).WriteOwned(operation);
            SharedColumn<T> operands = segment.Column<T>(offset + layout.Operands, 2);
            operands.Write(0, a);
            operands.Write(1, b);
        }

        if (computed is { } value)
        {
            segment.Column<T>(offset + layout.Cached, 1).Write(0, value);
            segment.UInt32(offset).WriteOwned((uint)FutureState.Ready);
        }
    }

    /// <summary>Fills the bytes of a new chain.</summary>
    internal static void InitializeChain(
        SharedSegment segment, long offset, in LazyLayout layout, LazyOperation operation, long a, long b)
    {
        segment.UInt32(offset + layout.Operation).WriteOwned((uint)LazyOperation.Chain);
        long at = offset + layout.Operands;
        segment.UInt32(at).WriteOwned((((uint)operation - 1) << ChainShift) | Reference(a));
        segment.UInt32(at + 4).WriteOwned(Reference(b));
    }

    private static uint Reference(long offset, [CallerArgumentExpression(nameof(offset))] string? operand = null) =>
        offset / ChainAlignment <= ChainMask
            ? (uint)(offset / ChainAlignment)
            : throw new NotSupportedException(
                $"Operand {operand} lies at offset {offset}; a lazy can refer to the first 8 GiB of a segment.");
}
