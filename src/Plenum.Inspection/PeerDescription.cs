using Plenum.Platform;

namespace Plenum.Inspection;

/// <summary>A process that uses a segment. Immutable.</summary>
/// <param name="ProcessId">Its number as the segment or the system states it.</param>
/// <param name="ProcessName">Its name; null when it is gone or may not be inspected.</param>
/// <param name="Liveness">Whether it lives.</param>
public sealed record PeerDescription(long ProcessId, string? ProcessName, ProcessLiveness Liveness)
{
    /// <summary>Looks a process up.</summary>
    /// <param name="processId">Its number; 0 for none.</param>
    /// <returns>Null when <paramref name="processId"/> is 0.</returns>
    public static PeerDescription? Of(ulong processId)
    {
        if (processId == 0)
        {
            return null;
        }

        long id = processId > long.MaxValue ? long.MaxValue : (long)processId;
        ProcessLiveness liveness = ProcessIdentity.Check(id);
        return new PeerDescription(id, liveness == ProcessLiveness.Dead ? null : ProcessIdentity.NameOf(id), liveness);
    }
}
