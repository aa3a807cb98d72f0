namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The block of one byte.</summary>
internal struct OneByte : IByteBlock
{
    private byte _value;

    public static int Length => 1;

    public void Load(ReadOnlySpan<byte> bytes) => _value = bytes[0];

    public readonly void Store(Span<byte> bytes) => bytes[0] = _value;
}
