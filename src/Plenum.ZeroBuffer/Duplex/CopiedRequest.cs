namespace Plenum.ZeroBuffer.Duplex;

/// <summary>A request that is copied from a span.</summary>
internal readonly ref struct CopiedRequest(ReadOnlySpan<byte> data) : IRequestSource
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int SizeBytes => _data.Length;

    public void WriteTo(Span<byte> room) => _data.CopyTo(room);
}
