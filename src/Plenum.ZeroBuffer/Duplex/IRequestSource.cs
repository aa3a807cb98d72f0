namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Where a request's bytes come from: a span to copy, or a function that writes them in place.</summary>
internal interface IRequestSource
{
    public int SizeBytes { get; }

    public void WriteTo(Span<byte> room);
}
