using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Cells;

public sealed class SharedCellTests : IDisposable
{
    private const int Size = 4096 + 13;

    private readonly TempSegment _name = new("cells");
    private readonly SharedSegment _segment;

    public SharedCellTests() => _segment = SharedSegment.Create(_name.SegmentName, Size);

    public void Dispose()
    {
        _segment.Dispose();
        _name.Dispose();
    }

    [Fact]
    public void Cells_AnyOffset_HandedOutExactlyWhenInsideAndAligned() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true),
        Prop.ForAll(
            Gen.OneOf(Gen.Choose(-20, Size + 20).Select(i => (long)i), Gen.Elements(
                long.MaxValue, long.MinValue, long.MaxValue - 7, 1L << 32, -(1L << 32), (1L << 32) + 8)).ToArbitrary(),
            offset => Accepts(() => _segment.UInt32(offset)) == Fits(offset, 4)
                && Accepts(() => _segment.Int32(offset)) == Fits(offset, 4)
                && Accepts(() => _segment.UInt64(offset)) == Fits(offset, 8)
                && Accepts(() => _segment.Int64(offset)) == Fits(offset, 8)
                && Accepts(() => _segment.ReadOnlyUInt32(offset)) == Fits(offset, 4)
                && Accepts(() => _segment.ReadOnlyUInt64(offset)) == Fits(offset, 8)
                && Accepts(() => _segment.Byte(offset)) == Fits(offset, 1)));

    [Fact]
    public void Spans_AnyRange_HandedOutExactlyWhenInside() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true),
        Prop.ForAll(
            Gen.Choose(-5, Size + 5).Two().ToArbitrary(),
            range =>
            {
                (int offset, int length) = range;
                bool inside = offset >= 0 && length >= 0 && (long)offset + length <= Size;
                return Accepts(() => _segment.Span(offset, length)[..0].ToArray()) == inside
                    && Accepts(() => _segment.ReadOnlySpan(offset, length)[..0].ToArray()) == inside
                    && Accepts(() => _segment.Memory(offset, length).Dispose()) == inside;
            }));

    [Theory]
    [InlineData(0, 8, 513u, true)]
    [InlineData(8, 8, 513u, false)]
    [InlineData(4096, 16, 1u, true)]
    [InlineData(4096, 8, 2u, false)]
    [InlineData(0, 4, uint.MaxValue, false)]
    [InlineData(0, int.MaxValue, uint.MaxValue, false)]
    [InlineData(Size, 8, 0u, true)]
    public void Column_Range_CheckedOnceForAllOfIt(long offset, int stride, uint count, bool accepted) =>
        Assert.Equal(accepted, Accepts(() => _segment.Column<ulong>(offset, stride, count)));

    [Fact]
    public void Column_StrideBelowTheValue_Refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.Column<ulong>(0, 7, 1));

    [Fact]
    public void Column_Index_Checked()
    {
        SharedColumn<ulong> column = _segment.Column<ulong>(3, 12, 10);

        column.Write(9, 0x1122334455667788);

        Assert.Equal(0x1122334455667788ul, column.Read(9));
        Assert.Equal(0x88, _segment.Byte(3 + (9 * 12)).ReadAcquire());
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Read(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Write(uint.MaxValue, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = column.Bytes(10); });
        Assert.Throws<InvalidOperationException>(() => { _ = column.AsSpan(); });
        Assert.Equal(3, _segment.Column<ulong>(8, 3).AsSpan().Length);
    }

    [Fact]
    public void UInt32Column_IndexAndStride_Checked()
    {
        SharedUInt32Column column = _segment.UInt32Column(4, 12, 5);

        column[4].WriteRelease(77);

        Assert.Equal(77u, _segment.UInt32(4 + 48).ReadAcquire());
        Assert.Throws<ArgumentOutOfRangeException>(() => column[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(0, 6, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(2, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _segment.UInt32Column(0, 4, 4000));
    }

    [Fact]
    public void Verbs_OfEveryCell_DoWhatTheySay()
    {
        SharedUInt32 u32 = _segment.UInt32(0);
        SharedInt32 i32 = _segment.Int32(4);
        SharedUInt64 u64 = _segment.UInt64(8);
        SharedInt64 i64 = _segment.Int64(16);
        SharedByte bytes = _segment.Byte(25);

        u32.WriteOwned(uint.MaxValue);
        Assert.Equal(0u, u32.Increment());
        Assert.Equal(uint.MaxValue, u32.Decrement());
        Assert.Equal(4u, u32.Add(5));
        Assert.Equal(4u, u32.CompareExchange(9, 4));
        Assert.Equal(9u, u32.CompareExchange(1, 4));
        Assert.Equal(9u, u32.Exchange(6));
        Assert.Equal(6u, u32.Or(1));
        Assert.Equal(7u, u32.And(5));
        Assert.Equal(5u, u32.ReadOwned());
        Assert.Equal(5, u32.AsInt32().ReadAcquire());

        i32.WriteRelease(-1);
        Assert.Equal(-2, i32.Decrement());
        Assert.Equal(-1, i32.Increment());
        Assert.Equal(-11, i32.Add(-10));
        Assert.Equal(-11, i32.CompareExchange(3, -11));
        Assert.Equal(3, i32.Exchange(12));
        Assert.Equal(12, i32.Or(3));
        Assert.Equal(15, i32.And(6));
        Assert.Equal(6u, i32.AsUInt32().ReadAcquire());

        u64.WriteRelease(0xFFFF_FFFF);
        Assert.Equal(0x1_0000_0000ul, u64.Increment());
        Assert.Equal(0u, u64.LowHalf().ReadAcquire());
        Assert.Equal(1u, u64.HighHalf().ReadAcquire());
        Assert.Equal(0x1_0000_0000ul, u64.Exchange(1));
        Assert.Equal(1ul, u64.CompareExchange(2, 1));
        Assert.Equal(0ul, u64.Add(unchecked(0 - 2ul)));
        Assert.Equal(ulong.MaxValue, u64.Decrement());
        Assert.Equal(ulong.MaxValue, u64.And(0xF0));
        Assert.Equal(0xF0ul, u64.Or(0x0F));

        i64.WriteOwned(long.MinValue);
        Assert.Equal(long.MaxValue, i64.Decrement());
        Assert.Equal(long.MinValue, i64.Increment());
        Assert.Equal(long.MinValue, i64.Exchange(5));
        Assert.Equal(3, i64.Add(-2));
        Assert.Equal(3, i64.CompareExchange(8, 3));
        Assert.Equal(8, i64.Or(1));
        Assert.Equal(9, i64.And(1));
        Assert.Equal(1, i64.ReadOwned());

        bytes.WriteRelease(1);
        Assert.Equal(1, bytes.CompareExchange(2, 1));
        Assert.Equal(2, bytes.Exchange(3));
        Assert.Equal(3, bytes.ReadOwned());
        Assert.Equal(0, _segment.Byte(24).ReadAcquire());
        Assert.Equal(0, _segment.Byte(26).ReadAcquire());
    }

    [Theory]
    [InlineData(typeof(SharedInt32))]
    [InlineData(typeof(SharedUInt32))]
    [InlineData(typeof(SharedInt64))]
    [InlineData(typeof(SharedUInt64))]
    public void Cell_Type_HasTheOrderingVerbsAndNoPointerInItsSignature(Type cell)
    {
        string[] verbs = ["ReadAcquire", "WriteRelease", "ReadOwned", "WriteOwned", "CompareExchange", "Exchange", "Add", "Increment"];

        Assert.All(verbs, verb => Assert.NotNull(cell.GetMethod(verb, BindingFlags.Instance | BindingFlags.Public)));
        Assert.DoesNotContain(
            cell.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public).OfType<MethodInfo>(),
            method => method.ReturnType.IsPointer || method.GetParameters().Any(p => p.ParameterType.IsPointer));
    }

    [Theory]
    [InlineData(typeof(SharedReadOnlyUInt32))]
    [InlineData(typeof(SharedReadOnlyUInt64))]
    public void ReadOnlyCell_Type_CannotStore(Type cell) => Assert.Equal(
        ["ReadAcquire", "get_IsDefault"],
        cell.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(method => method.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void DefaultCell_Use_ThrowsAndTellsThatItIsDefault()
    {
        Assert.True(default(SharedUInt32).IsDefault);
        Assert.False(_segment.UInt32(0).IsDefault);
        Assert.Throws<NullReferenceException>(() => default(SharedUInt32).ReadAcquire());
        Assert.Throws<NullReferenceException>(() => default(SharedUInt64).WriteRelease(1));
    }

    [Fact]
    public void Counter_TwoThreads_LosesNothing()
    {
        const int each = 200_000;
        SharedUInt64 counter = _segment.UInt64(64);
        Thread[] threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < each; i++)
            {
                counter.Increment();
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(2ul * each, counter.ReadAcquire());
    }

    private static bool Fits(long offset, int size) => offset >= 0 && offset <= Size - size && offset % size == 0;

    private static bool Accepts(Func<object?> handOut)
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
        catch (OverflowException)
        {
            return false;
        }
    }

    private static bool Accepts(Action handOut) => Accepts(() =>
    {
        handOut();
        return null;
    });
}
