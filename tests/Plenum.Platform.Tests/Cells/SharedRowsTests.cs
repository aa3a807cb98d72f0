using System.Runtime.InteropServices;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Cells;

/// <summary>Rows of state, key and value: which are handed out, where their parts lie, and that no row lies
/// outside.</summary>
public sealed class SharedRowsTests : IDisposable
{
    private const int Size = 4096;

    private readonly TempSegment _name = new("rows");
    private readonly SharedSegment _segment;

    public SharedRowsTests() => _segment = SharedSegment.Create(_name.SegmentName, Size);

    public void Dispose()
    {
        _segment.Dispose();
        _name.Dispose();
    }

    [Fact]
    public void Row_Parts_LieWhereTheLayoutSays()
    {
        SharedRows<int, double> rows = _segment.Rows<int, double>(16, 28, 4, 12, 10);

        SharedRow<int, double> row = rows[9];
        row.WriteKey(-7);
        row.WriteValue(2.5);
        row.State.WriteRelease(1);

        Assert.Equal(10u, rows.Count);
        Assert.Equal(1u, _segment.UInt32(16 + 252).ReadAcquire());
        Assert.Equal(-7, _segment.Int32(16 + 252 + 4).ReadAcquire());
        Assert.Equal(2.5, MemoryMarshal.Read<double>(_segment.ReadOnlySpan(16 + 252 + 12, 8)));
        Assert.Equal(-7, rows[9].ReadKey());
        Assert.Equal(2.5, rows[9].ReadValue());
        Assert.Equal(0, rows[8].ReadKey());
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[10].ReadKey());
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[uint.MaxValue].ReadKey());
    }

    [Theory]
    [InlineData(0, 16, 4, 8, 256u, true)]
    [InlineData(0, 16, 4, 8, 257u, false)]
    [InlineData(4, 16, 4, 8, 256u, false)]
    [InlineData(2, 16, 4, 8, 1u, false)]
    [InlineData(0, 14, 4, 8, 1u, false)]
    [InlineData(0, 0, 4, 8, 1u, false)]
    [InlineData(0, 16, 3, 8, 1u, false)]
    [InlineData(0, 16, 4, 3, 1u, false)]
    [InlineData(0, 16, 13, 8, 1u, false)]
    [InlineData(0, 16, 4, 9, 1u, false)]
    [InlineData(0, 16, 12, 8, 1u, true)]
    [InlineData(-16, 16, 4, 8, 1u, false)]
    [InlineData(0, int.MaxValue - 3, 4, 8, uint.MaxValue, false)]
    public void Rows_Measures_CheckedOnceForAllOfThem(
        long offset, int stride, int key, int value, uint count, bool accepted)
    {
        bool handedOut = true;
        try
        {
            _ = _segment.Rows<int, long>(offset, stride, key, value, count);
        }
        catch (ArgumentOutOfRangeException)
        {
            handedOut = false;
        }
        catch (OverflowException)
        {
            handedOut = false;
        }

        Assert.Equal(accepted, handedOut);
    }

    [Fact]
    public void RowLap_NaturalLayout_LiesWhereRowsLie()
    {
        AssertSameAsRows<int, int>(12, 4, 8, 5, 6);
        AssertSameAsRows<byte, long>(16, 4, 8, 5, 6);
        AssertSameAsRows<long, byte>(24, 8, 16, 5, 6);
        AssertSameAsRows<short, float>(12, 4, 8, 5, 6);
        AssertSameAsRows<Three, ushort>(12, 4, 8, new Three(1, 2, 3), 6);
    }

    [Theory]
    [InlineData(16, 4, 8, 8u)]
    [InlineData(12, 8, 4, 8u)]
    [InlineData(12, 4, 4, 8u)]
    [InlineData(12, 4, 8, 6u)]
    public void RowLap_OtherLayoutOrCount_IsTheDefaultOne(int stride, int key, int value, uint count) =>
        Assert.True(_segment.RowLap<int, int>(0, stride, key, value, count).IsDefault);

    [Fact]
    public void RowLap_OutsideOrNotAligned_Refused()
    {
        Assert.False(_segment.RowLap<int, int>(4, 12, 4, 8, 256).IsDefault);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = _segment.RowLap<int, int>(0, 12, 4, 8, 512));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = _segment.RowLap<int, int>(2, 12, 4, 8, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = _segment.RowLap<int, int>(-4, 12, 4, 8, 8));
    }

    [Fact]
    public void Rows_DisposedOrReadOnlySegment_NotHandedOut()
    {
        using var name = new TempSegment("rows-gone");
        SharedSegment gone = SharedSegment.Create(name.SegmentName, Size);
        gone.Dispose();
        using SharedSegment reader = SharedSegment.Open(_name.SegmentName, SegmentAccess.ReadOnly);

        Assert.Throws<ObjectDisposedException>(() => _ = gone.Rows<int, int>(0, 12, 4, 8, 8));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.RowLap<int, int>(0, 12, 4, 8, 8));
        Assert.Throws<InvalidOperationException>(() => _ = reader.Rows<int, int>(0, 12, 4, 8, 8));
        Assert.Throws<InvalidOperationException>(() => _ = reader.RowLap<int, int>(0, 12, 4, 8, 8));
    }

    [Fact]
    public void Row_ReleaseOfTheState_ShowsKeyAndValueToWhoAcquires()
    {
        const int last = 100_000;
        SharedRows<int, long> rows = _segment.Rows<int, long>(0, 16, 4, 8, 8);
        var writer = new Thread(() =>
        {
            for (int i = 1; i <= last; i++)
            {
                SharedRow<int, long> row = rows[(uint)i & 7];
                while (row.State.ReadAcquire() != 0)
                {
                    Thread.Yield();
                }

                row.WriteKey(i);
                row.WriteValue(-i);
                row.State.WriteRelease(1);
            }
        });
        writer.Start();

        int wrong = 0;
        for (int i = 1; i <= last; i++)
        {
            SharedRow<int, long> row = rows[(uint)i & 7];
            while (row.State.ReadAcquire() != 1)
            {
                Thread.Yield();
            }

            wrong += row.ReadKey() == i && row.ReadValue() == -i ? 0 : 1;
            row.State.WriteRelease(0);
        }

        writer.Join();
        Assert.Equal(0, wrong);
    }

    private void AssertSameAsRows<TKey, TValue>(int stride, int keyOffset, int valueOffset, TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        _segment.Span(0, 1024).Clear();
        SharedRows<TKey, TValue> rows = _segment.Rows<TKey, TValue>(64, stride, keyOffset, valueOffset, 8);
        SharedRowLap<TKey, TValue> lap = _segment.RowLap<TKey, TValue>(64, stride, keyOffset, valueOffset, 8);

        Assert.False(lap.IsDefault);
        Assert.Equal(5u, lap.IndexOf(0xFFFF_FFFD));
        SharedRow<TKey, TValue> row = lap[0xFFFF_FFFD];
        row.State.WriteRelease(3);
        row.WriteKey(key);
        row.WriteValue(value);

        Assert.Equal(3u, rows[5].State.ReadAcquire());
        Assert.Equal(key, rows[5].ReadKey());
        Assert.Equal(value, rows[5].ReadValue());
        Assert.Equal(0u, rows[4].State.ReadAcquire());
        Assert.Equal(0u, rows[6].State.ReadAcquire());
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Three(byte A, byte B, byte C);
}
