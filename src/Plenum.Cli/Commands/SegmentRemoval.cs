using Plenum.Inspection;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands;

/// <summary>Removes a segment's name and what its protocol keeps beside it.</summary>
internal static class SegmentRemoval
{
    /// <summary>Removes everything there is.</summary>
    /// <returns>What was removed, in words.</returns>
    internal static IReadOnlyList<string> Remove(SegmentName name, SegmentSummary? summary)
    {
        var removed = new List<string>();
        // A ZeroIPC segment's wait table goes with it.
        if (summary?.Protocol == SegmentProtocol.ZeroIpc ? SharedMemory.Remove(name.Value) : SharedSegment.Remove(name))
        {
            removed.Add($"segment {name.Value}");
        }

        // Semaphores and locks of a buffer whose segment is gone already are leftovers too.
        if (summary is null or { Protocol: SegmentProtocol.ZeroBuffer })
        {
            RemoveBufferParts(name.Value, removed);
        }

        return removed;
    }

    private static void RemoveBufferParts(string name, List<string> removed)
    {
        if (SegmentInspector.PayloadOf(SegmentName.Parse(name)) is { } payload && SharedSegment.Remove(payload))
        {
            removed.Add($"segment {payload.Value}");
        }

        foreach (string semaphore in (string[])["sem-w-" + name, "sem-r-" + name])
        {
            if (NamedSemaphore.Remove("/" + semaphore))
            {
                removed.Add($"semaphore {semaphore}");
            }
        }

        foreach (string path in LockFilesOf(name))
        {
            // Taken first: a lock that somebody holds is left alone.
            if (File.Exists(path) && FileLock.TryAcquire(path, out FileLock? held))
            {
                held.Dispose();
                removed.Add($"lock {path}");
            }
        }
    }

    internal static string[] LockFilesOf(string name) =>
    [
        Path.Combine("/tmp/zerobuffer", name + ".lock"),
        Path.Combine(Path.GetTempPath(), "zerobuffer", "locks", name + ".lock"),
    ];
}
