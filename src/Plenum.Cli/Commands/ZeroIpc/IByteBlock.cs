namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>A value that is nothing but a fixed number of bytes.</summary>
internal interface IByteBlock
{
    /// <summary>How many.</summary>
    public static abstract int Length { get; }

    /// <summary>Takes its bytes from a span of that length.</summary>
    public void Load(ReadOnlySpan<byte> bytes);

    /// <summary>Copies its bytes to a span of that length.</summary>
    public void Store(Span<byte> bytes);
}
