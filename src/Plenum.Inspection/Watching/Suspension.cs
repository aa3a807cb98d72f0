using System.Globalization;

namespace Plenum.Inspection.Watching;

/// <summary>Whether a process was stopped by a signal or a debugger: it lives, but does nothing.</summary>
internal static class Suspension
{
    // "12 (name) T 1 ...": T stopped by a signal, t by a debugger. The name may hold anything, also ')'.
    internal static bool Holds(PeerDescription peer)
    {
        if (!OperatingSystem.IsLinux() || peer.Liveness != Platform.ProcessLiveness.Alive)
        {
            return false;
        }

        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{peer.ProcessId}/stat"));
            int at = text.LastIndexOf(") ", StringComparison.Ordinal) + 2;
            return at > 1 && at < text.Length && text[at] is 'T' or 't';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
