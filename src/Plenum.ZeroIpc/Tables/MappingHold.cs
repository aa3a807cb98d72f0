using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Keeps the memory of a segment mapped as long as anything that may touch it is reachable.</summary>
/// <remarks>
/// Structures and the table keep this object reachable and keep themselves reachable to the end of each operation. So
/// an operation that races with <see cref="SharedMemory.Dispose"/> works on mapped memory and no operation counts
/// references.
/// </remarks>
internal sealed class MappingHold
{
    private readonly SharedSegment _segment;

    internal MappingHold(SharedSegment segment)
    {
        segment.AddReference();
        _segment = segment;

        // The collector cannot see mapped memory; told of it, it comes round for forgotten segments in time.
        GC.AddMemoryPressure(segment.SizeBytes);
    }

    ~MappingHold()
    {
        _segment.ReleaseReference();
        GC.RemoveMemoryPressure(_segment.SizeBytes);
    }
}
