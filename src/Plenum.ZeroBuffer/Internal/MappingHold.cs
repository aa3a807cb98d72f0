using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>A reference to a mapping that is released by Dispose or by the garbage collector.</summary>
internal sealed class MappingHold : IDisposable
{
    private SharedSegment? _segment;

    internal MappingHold(SharedSegment segment)
    {
        segment.AddReference();
        _segment = segment;
    }

    ~MappingHold() => Release();

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release() => Interlocked.Exchange(ref _segment, null)?.ReleaseReference();
}
