using System.Buffers;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>A request that the user's function writes in place.</summary>
internal readonly ref struct FilledRequest<TState>(int sizeBytes, TState state, SpanAction<byte, TState> fill)
    : IRequestSource
    where TState : allows ref struct
{
    private readonly TState _state = state;

    public int SizeBytes => sizeBytes;

    public void WriteTo(Span<byte> room) => fill(room, _state);
}
