using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Keeps a mapping alive until it is released, once, from any thread.</summary>
internal sealed class MappingHold
{
    private SharedSegment? _segment;

    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    internal MappingHold(SharedSegment segment)
    {
        segment.AddReference();
        _segment = segment;
    }

    internal bool IsHeld => Volatile.Read(ref _segment) is not null;

    internal void Release() => Interlocked.Exchange(ref _segment, null)?.ReleaseReference();
}
