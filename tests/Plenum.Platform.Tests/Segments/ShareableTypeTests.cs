using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

#pragma warning disable CS0649 // Types whose fields are only looked at by reflection.

namespace Plenum.Platform.Tests.Segments;

public sealed class ShareableTypeTests
{
    private enum Wide : long
    {
        One = 1,
    }

    [Fact]
    public void Check_PlainTypes_Accepted()
    {
        ShareableType.Check<byte>();
        ShareableType.Check<bool>();
        ShareableType.Check<char>();
        ShareableType.Check<double>();
        ShareableType.Check<Wide>();
        ShareableType.Check<Guid>();
        ShareableType.Check<Half>();
        ShareableType.Check<TimeSpan>();
        ShareableType.Check<Dense>();
        ShareableType.Check<Padded>();
        ShareableType.Check<Inline>();
    }

    [Fact]
    public void Check_TypesThatMeanSomethingElseElsewhere_RefusedWithTheField()
    {
        Assert.Contains("native integer", Problem<nint>(), StringComparison.Ordinal);
        Assert.Contains("'Pointer'", Problem<WithPointer>(), StringComparison.Ordinal);
        Assert.Contains("'Inner.Pointer'", Problem<Nested>(), StringComparison.Ordinal);
        Assert.Contains("scaled integer", Problem<decimal>(), StringComparison.Ordinal);
        Assert.Contains("ticks", Problem<DateTime>(), StringComparison.Ordinal);
        Assert.Contains("ticks", Problem<DateTimeOffset>(), StringComparison.Ordinal);
        Assert.Contains("automatic layout", Problem<(byte, long)>(), StringComparison.Ordinal);
        Assert.Contains("automatic layout", Problem<Automatic>(), StringComparison.Ordinal);
        Assert.Contains("16 bytes", Problem<Int128>(), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckWithoutPadding_PaddedStruct_RefusedWithTheCount()
    {
        ShareableType.CheckWithoutPadding<Dense>();
        ShareableType.CheckWithoutPadding<Inline>();
        ShareableType.CheckWithoutPadding<Wide>();
        ShareableType.CheckWithoutPadding<Guid>();

        var e = Assert.Throws<NotSupportedException>(ShareableType.CheckWithoutPadding<Padded>);

        Assert.Contains("3 of its 8 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AlignmentOf_Types_EqualsThatOfC()
    {
        Assert.Equal(1, ShareableType.AlignmentOf<byte>());
        Assert.Equal(1, ShareableType.AlignmentOf<bool>());
        Assert.Equal(2, ShareableType.AlignmentOf<short>());
        Assert.Equal(4, ShareableType.AlignmentOf<float>());
        Assert.Equal(8, ShareableType.AlignmentOf<double>());
        Assert.Equal(4, ShareableType.AlignmentOf<Padded>());
        Assert.Equal(8, ShareableType.AlignmentOf<Dense>());
        Assert.Equal(1, ShareableType.AlignmentOf<Packed>());
        Assert.Equal(4, ShareableType.AlignmentOf<Guid>());
        Assert.Equal(16, ShareableType.SizeOf<Dense>());
        Assert.Equal(9, ShareableType.SizeOf<Packed>());
    }

    private static string Problem<T>()
        where T : unmanaged => Assert.Throws<NotSupportedException>(ShareableType.Check<T>).Message;

    [StructLayout(LayoutKind.Sequential)]
    private struct Dense
    {
        public long A;
        public int B;
        public short C;
        public byte D;
        public byte E;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Padded
    {
        public int A;
        public byte B;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte A;
        public long B;
    }

    private unsafe struct WithPointer
    {
        public int* Pointer;
    }

    private struct Nested
    {
        public WithPointer Inner;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Automatic
    {
        public byte A;
        public int B;
    }

    [InlineArray(32)]
    private struct Inline
    {
        private byte _first;
    }
}
