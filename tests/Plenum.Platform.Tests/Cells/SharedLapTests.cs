using System.Runtime.InteropServices;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Cells;

/// <summary>Laps, runs, pairs and columns: what is handed out, where their values lie, and that no position leads
/// outside.</summary>
public sealed class SharedLapTests : IDisposable
{
    private const int Size = 4096;

    private readonly TempSegment _name = new("laps");
    private readonly SharedSegment _segment;

    public SharedLapTests() => _segment = SharedSegment.Create(_name.SegmentName, Size);

    public void Dispose()
    {
        _segment.Dispose();
        _name.Dispose();
    }

    [Fact]
    public void Lap_AnyPosition_IsReducedToTheLap()
    {
        SharedLap<int> lap = _segment.Lap<int>(12, 8);
        for (uint i = 0; i < 8; i++)
        {
            lap.Write(uint.MaxValue - 7 + i, (int)(100 + i));
        }

        for (uint i = 0; i < 8; i++)
        {
            Assert.Equal((int)(100 + i), lap.Read(i));
            Assert.Equal((int)(100 + i), lap.Read(i + 0x8000_0000));
            Assert.Equal(100 + i, _segment.UInt32(12 + (4 * i)).ReadAcquire());
        }

        Assert.Equal(0u, _segment.UInt32(8).ReadAcquire());
        Assert.Equal(0u, _segment.UInt32(44).ReadAcquire());
    }

    [Fact]
    public void Lap_ValueOfThreeBytes_LiesBehindTheOneBefore()
    {
        SharedLap<Three> lap = _segment.Lap<Three>(1, 4);

        lap.Write(7, new Three(1, 2, 3));

        Assert.Equal(new Three(1, 2, 3), lap.Read(3));
        Assert.Equal("0001020300", Convert.ToHexString(_segment.ReadOnlySpan(9, 5)));
    }

    [Fact]
    public void UInt32Lap_AnyPosition_IsReducedToTheLap()
    {
        SharedUInt32Lap lap = _segment.UInt32Lap(16, 4);

        lap[7].WriteRelease(9);
        Assert.Equal(10u, lap[uint.MaxValue].Increment());

        Assert.Equal(10u, lap[3].ReadAcquire());
        Assert.Equal(10u, _segment.UInt32(28).ReadAcquire());
        Assert.Equal(0u, _segment.UInt32(32).ReadAcquire());
    }

    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(8ul, 8)]
    [InlineData(13ul, 8)]
    [InlineData(31ul, 24)]
    [InlineData(32ul, 0)]
    [InlineData(ulong.MaxValue, 24)]
    [InlineData((1ul << 40) + 17, 16)]
    public void ByteLap_AnyPosition_IsReducedToTheStartOfAValue(ulong position, int expected)
    {
        SharedByteLap<ulong> lap = _segment.ByteLap<ulong>(64, 4);

        lap.Write(position, 0x0102030405060708);

        Assert.Equal(0x0102030405060708ul, _segment.UInt64(64 + expected).ReadAcquire());
        Assert.Equal(0x0102030405060708ul, lap.Read(position));
        for (int at = 0; at < 128; at += 8)
        {
            Assert.Equal(at == 64 + expected, _segment.UInt64(at).ReadAcquire() != 0);
        }
    }

    [Theory]
    [InlineData(0, 1024u, true)]
    [InlineData(4, 1024u, false)]
    [InlineData(0, 2048u, false)]
    [InlineData(4092, 1u, true)]
    [InlineData(4096, 1u, false)]
    [InlineData(-4, 1u, false)]
    [InlineData(0, 3u, false)]
    [InlineData(0, 0u, false)]
    [InlineData(0, 0x8000_0000u, false)]
    [InlineData(long.MaxValue, 1u, false)]
    public void Laps_Range_CheckedOnceForAllOfIt(long offset, uint count, bool accepted)
    {
        Assert.Equal(accepted, Accepts(() => _segment.Lap<int>(offset, count)));
        Assert.Equal(accepted, Accepts(() => _segment.ByteLap<int>(offset, count)));
        Assert.Equal(accepted, Accepts(() => _segment.UInt32Lap(offset, count)));
    }

    [Theory]
    [InlineData(0, 512u, true)]
    [InlineData(8, 512u, false)]
    [InlineData(4088, 1u, true)]
    [InlineData(4096, 0u, true)]
    [InlineData(4097, 0u, false)]
    [InlineData(4, 1u, false)]
    [InlineData(-8, 1u, false)]
    [InlineData(0, uint.MaxValue, false)]
    public void UInt64Run_Range_CheckedOnceForAllOfIt(long offset, uint count, bool accepted) =>
        Assert.Equal(accepted, Accepts(() => _segment.UInt64Run(offset, count)));

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void AtomicShapes_OffsetNotAligned_Refused(long offset)
    {
        Assert.False(Accepts(() => _segment.UInt32Lap(offset, 2)));
        Assert.False(Accepts(() => _segment.UInt32Run(offset, 2)));
        Assert.False(Accepts(() => _segment.UInt64Run(offset + 4, 2)));
        Assert.False(Accepts(() => _segment.UInt64Pair(offset + 4)));
        Assert.False(Accepts(() => _segment.UInt32Column(offset, 4, 2)));
    }

    [Fact]
    public void ByteLap_SizeOfNoPowerOfTwo_Refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.ByteLap<Three>(0, 4));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void UInt32Run_Index_TellsWhetherThereIsACell(long last)
    {
        SharedUInt32Run run = _segment.UInt32Run(8, (uint)last + 1);

        Assert.True(run.TryGet(last, out SharedUInt32 cell));
        cell.WriteRelease(5);

        Assert.Equal((uint)last + 1, run.Count);
        Assert.Equal(5u, _segment.UInt32(8 + (4 * last)).ReadAcquire());
        foreach (long none in new[] { last + 1, -1, long.MinValue, long.MaxValue, 1L << 32 })
        {
            Assert.False(run.TryGet(none, out SharedUInt32 nothing));
            Assert.True(nothing.IsDefault);
        }

        Assert.False(default(SharedUInt32Run).TryGet(0, out _));
    }

    [Fact]
    public void UInt64Run_Index_TellsWhetherThereIsACell()
    {
        SharedUInt64Run run = _segment.UInt64Run(16, 3);

        Assert.True(run.TryGet(2, out SharedUInt64 cell));
        Assert.Equal(7ul, cell.Add(7));

        Assert.Equal(3u, run.Count);
        Assert.Equal(7ul, _segment.UInt64(32).ReadAcquire());
        foreach (long none in new[] { 3, -1, long.MinValue, long.MaxValue, 1L << 32 })
        {
            Assert.False(run.TryGet(none, out SharedUInt64 nothing));
            Assert.True(nothing.IsDefault);
        }

        Assert.False(default(SharedUInt64Run).TryGet(0, out _));
    }

    [Fact]
    public void UInt64Pair_Cells_LieBehindEachOther()
    {
        SharedUInt64Pair pair = _segment.UInt64Pair(Size - 16);

        pair.First.WriteOwned(1);
        pair.Second.WriteRelease(2);

        Assert.Equal(1ul, _segment.UInt64(Size - 16).ReadAcquire());
        Assert.Equal(2ul, _segment.UInt64(Size - 8).ReadAcquire());
        Assert.False(pair.IsDefault);
        Assert.True(default(SharedUInt64Pair).IsDefault);
        Assert.False(Accepts(() => _segment.UInt64Pair(Size - 8)));
        Assert.Throws<NullReferenceException>(() => default(SharedUInt64Pair).First.ReadAcquire());
    }

    [Fact]
    public void UInt32Column_IndexAndStride_Checked()
    {
        SharedUInt32Column column = _segment.UInt32Column(8, 24, 5);

        column[4].WriteRelease(77);

        Assert.Equal(5u, column.Count);
        Assert.Equal(77u, _segment.UInt32(8 + 96).ReadAcquire());
        Assert.Throws<ArgumentOutOfRangeException>(() => column[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => column[uint.MaxValue]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(0, 6, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(0, 8, 513));
    }

    [Fact]
    public void UInt32Column_TryGet_TellsWhetherThereIsACell()
    {
        SharedUInt32Column column = _segment.UInt32Column(4, 12, 5);

        Assert.True(column.TryGet(4, out SharedUInt32 cell));
        cell.WriteRelease(8);

        Assert.Equal(8u, column[4].ReadAcquire());
        foreach (long none in new[] { 5, -1, long.MinValue, long.MaxValue, 1L << 32 })
        {
            Assert.False(column.TryGet(none, out SharedUInt32 nothing));
            Assert.True(nothing.IsDefault);
        }
    }

    [Fact]
    public void Shapes_DisposedSegment_NotHandedOut()
    {
        using var name = new TempSegment("laps-gone");
        SharedSegment gone = SharedSegment.Create(name.SegmentName, Size);
        gone.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _ = gone.Lap<int>(0, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.ByteLap<int>(0, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.UInt32Lap(0, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.UInt32Run(0, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.UInt64Run(0, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.UInt64Pair(0));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.UInt32Column(0, 4, 2));
        Assert.Throws<ObjectDisposedException>(() => _ = gone.Column<int>(0, 2));
    }

    [Fact]
    public void Shapes_ReadOnlySegment_NotHandedOut()
    {
        using SharedSegment reader = SharedSegment.Open(_name.SegmentName, SegmentAccess.ReadOnly);

        Assert.Throws<InvalidOperationException>(() => _ = reader.Lap<int>(0, 2));
        Assert.Throws<InvalidOperationException>(() => _ = reader.ByteLap<int>(0, 2));
        Assert.Throws<InvalidOperationException>(() => _ = reader.UInt32Lap(0, 2));
        Assert.Throws<InvalidOperationException>(() => _ = reader.UInt32Run(0, 2));
        Assert.Throws<InvalidOperationException>(() => _ = reader.UInt64Run(0, 2));
        Assert.Throws<InvalidOperationException>(() => _ = reader.UInt64Pair(0));
    }

    [Fact]
    public void Lap_ReleaseBehindPlainStores_ShowsThemToWhoAcquires()
    {
        const uint last = 100_000;
        SharedLap<ulong> values = _segment.Lap<ulong>(0, 16);
        SharedUInt32Lap sequences = _segment.UInt32Lap(128, 16);
        var writer = new Thread(() =>
        {
            for (uint i = 1; i <= last; i++)
            {
                while (sequences[i].ReadAcquire() != 0)
                {
                    Thread.Yield();
                }

                values.Write(i, i * 3ul);
                sequences[i].WriteRelease(i);
            }
        });
        writer.Start();

        ulong wrong = 0;
        for (uint i = 1; i <= last; i++)
        {
            while (sequences[i].ReadAcquire() != i)
            {
                Thread.Yield();
            }

            wrong += values.Read(i) == i * 3ul ? 0u : 1u;
            sequences[i].WriteRelease(0);
        }

        writer.Join();
        Assert.Equal(0ul, wrong);
    }

    private static bool Accepts<TShape>(Func<TShape> handOut)
    {
        try
        {
            _ = handOut();
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Three(byte A, byte B, byte C);
}
