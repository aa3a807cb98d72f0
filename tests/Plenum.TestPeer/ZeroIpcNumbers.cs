using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.TestPeer;

/// <summary>How the element of a contention loop stands for a number; wide elements repeat it, so that a torn one
/// shows.</summary>
internal interface INumbers<T>
{
    static abstract T Pack(ulong number);

    static abstract bool TryUnpack(T item, out ulong number);
}

internal readonly struct I32Numbers : INumbers<int>
{
    public static int Pack(ulong number) => (int)number;

    public static bool TryUnpack(int item, out ulong number)
    {
        number = (uint)item;
        return true;
    }
}

internal readonly struct U64Numbers : INumbers<ulong>
{
    public static ulong Pack(ulong number) => number;

    public static bool TryUnpack(ulong item, out ulong number)
    {
        number = item;
        return true;
    }
}

internal readonly struct F64Numbers : INumbers<double>
{
    public static double Pack(ulong number) => number;

    public static bool TryUnpack(double item, out ulong number)
    {
        number = (ulong)item;
        return number == item;
    }
}

[InlineArray(16)]
internal struct Bytes16
{
    private byte _first;
}

[InlineArray(24)]
internal struct Bytes24
{
    private byte _first;
}

[InlineArray(40)]
internal struct Bytes40
{
    private byte _first;
}

/// <summary>The bytes of the number over and over.</summary>
internal readonly struct BlockNumbers<T> : INumbers<T>
    where T : unmanaged
{
    public static T Pack(ulong number)
    {
        T item = default;
        MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new Span<T>(ref item))).Fill(number);
        return item;
    }

    public static bool TryUnpack(T item, out ulong number)
    {
        ReadOnlySpan<ulong> words =
            MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in item)));
        number = words[0];
        return !words.ContainsAnyExcept(number);
    }
}
