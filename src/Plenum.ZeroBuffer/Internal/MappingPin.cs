using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Keeps a mapping alive for code that hands out pointers, until it is disposed or collected.</summary>
internal sealed class MappingPin : IDisposable
{
    private readonly MappingHold _hold;

    internal MappingPin(SharedSegment segment) => _hold = new MappingHold(segment);

    ~MappingPin() => _hold?.Release();

    public void Dispose()
    {
        _hold.Release();
        GC.SuppressFinalize(this);
    }
}
