using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Plenum.Platform;

/// <summary>Whether a process number found in shared memory can be looked up here at all.</summary>
/// <remarks>A number means something only in the pid namespace of the process that wrote it. When it is not found, and
/// a process of another namespace may have written it, nothing is known about that process.</remarks>
[SupportedOSPlatform("linux")]
internal static class PidNamespace
{
    // The inode of the initial pid namespace is a constant of the kernel (PROC_PID_INIT_INO).
    private const string Initial = "pid:[4026531836]";

    // USER_HZ, the unit of start times in /proc, is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private static readonly Lazy<bool> s_procIsOurs = new(
        () => new FileInfo("/proc/self").LinkTarget == Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>False when /proc shows another namespace (a child namespace without a mount of its own): its numbers
    /// are not ours.</summary>
    internal static bool ProcIsOurs => s_procIsOurs.Value;

    /// <summary>Whether processes whose numbers mean nothing here may use this machine's segments.</summary>
    /// <remarks>Asked only after a number was not found. Errs on the side of true.</remarks>
    internal static bool StrangersMayShareSegments()
    {
        string? own = Of("self");
        if (own is null || !ProcIsOurs)
        {
            return true;
        }

        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            string name = Path.GetFileName(folder);
            if (char.IsAsciiDigit(name[0]) && Of(name) is { } other && other != own && SeesOurSegments(name))
            {
                return true;
            }
        }

        return own != Initial && !SharedMemoryWasBornHere();
    }

    // A container has a /dev/shm of its own, unless it was given somebody else's.
    private static bool SeesOurSegments(string process)
    {
        bool known = LinuxFiles.TryInfo(Utf8($"/proc/{process}/root{SegmentDirectory.LinuxPath}"),
            out SegmentInfo theirs);
        if (!known)
        {
            return !IsOver(process);
        }

        return !LinuxFiles.TryInfo(Utf8(SegmentDirectory.LinuxPath), out SegmentInfo ours)
            || (theirs.Device == ours.Device && theirs.Inode == ours.Inode);
    }

    // It ended between the two looks, or waits to be reaped.
    private static bool IsOver(string process) =>
        ProcessIdentity.ReadStat(int.Parse(process, CultureInfo.InvariantCulture)).State is '?' or 'Z' or 'X' or 'x';

    // Inside a namespace the processes outside are invisible. A shared-memory file system that was made after the
    // namespace's first process cannot have come from outside. Times are compared on the wall clock: one that was set
    // back since can mislead this.
    private static bool SharedMemoryWasBornHere()
    {
        bool known = LinuxFiles.TryInfo(Utf8(SegmentDirectory.LinuxPath), out SegmentInfo folder);
        ulong firstTicks = ProcessIdentity.ReadStat(1).StartTicks;
        if (!known || folder.CreatedUtc == folder.ChangedUtc || firstTicks == 0)
        {
            return false;
        }

        try
        {
            double uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            DateTime first = DateTime.UtcNow.AddSeconds((firstTicks / TicksPerSecond) - uptime);
            return folder.CreatedUtc >= first;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    private static string? Of(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
