using System.Runtime.InteropServices;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Two blocks, one behind the other: of these a block of any length is built without a type for each
/// length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JoinedBytes<TFirst, TSecond> : IByteBlock
    where TFirst : unmanaged, IByteBlock
    where TSecond : unmanaged, IByteBlock
{
    private TFirst _first;
    private TSecond _second;

    public static int Length => TFirst.Length + TSecond.Length;

    public void Load(ReadOnlySpan<byte> bytes)
    {
        _first.Load(bytes[..TFirst.Length]);
        _second.Load(bytes[TFirst.Length..]);
    }

    public readonly void Store(Span<byte> bytes)
    {
        _first.Store(bytes[..TFirst.Length]);
        _second.Store(bytes[TFirst.Length..]);
    }
}
