using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>A process as others can recognise it later: its number and its start time, so that a reused number is
/// noticed.</summary>
/// <param name="ProcessId">The number, in this process' pid namespace.</param>
/// <param name="StartTicks">Start time in clock ticks since boot (Linux) or in 100 ns UTC (elsewhere); 0 when
/// unknown.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public readonly record struct ProcessIdentity(long ProcessId, ulong StartTicks)
{
    private static readonly Lazy<ProcessIdentity> s_current = new(() => Of(Environment.ProcessId));

    /// <summary>This process.</summary>
    public static ProcessIdentity Current => s_current.Value;

    /// <summary>The identity of a process as it is now; start time 0 when it does not exist or may not be
    /// inspected.</summary>
    /// <param name="processId">The number.</param>
    public static ProcessIdentity Of(long processId)
    {
        if (processId is <= 0 or > int.MaxValue)
        {
            return new ProcessIdentity(processId, 0);
        }

        return new ProcessIdentity(
            processId, OperatingSystem.IsLinux()
            ? ReadStat((int)processId).StartTicks : StartTicksPortable((int)processId));
    }

    /// <summary>Tells whether a process lives.</summary>
    /// <param name="processId">A number found in shared memory; any value is safe.</param>
    /// <param name="startTicks">Its start time if known, 0 if not: another start time means another process.</param>
    /// <returns>
    /// <see cref="ProcessLiveness.Unknown"/> when the number is not found and processes of other pid namespaces, whose
    /// numbers mean nothing here, may share this process' segments.
    /// </returns>
    /// <remarks>No permission to signal it (EPERM) counts as alive; a zombie counts as dead. Does not block.</remarks>
    public static ProcessLiveness Check(long processId, ulong startTicks = 0)
    {
        if (processId is <= 0 or > int.MaxValue)
        {
            return ProcessLiveness.Dead;
        }

        return OperatingSystem.IsLinux()
            ? CheckLinux((int)processId, startTicks)
            : CheckPortable((int)processId, startTicks);
    }

    /// <summary>Tells whether the process of this identity lives.</summary>
    public ProcessLiveness Check() => Check(ProcessId, StartTicks);

    /// <summary>The name of a process for people; null when it is gone or may not be inspected.</summary>
    /// <param name="processId">The number.</param>
    public static string? NameOf(long processId)
    {
        if (processId is <= 0 or > int.MaxValue)
        {
            return null;
        }

        try
        {
            if (OperatingSystem.IsLinux())
            {
                return File.ReadAllText($"/proc/{processId}/comm").TrimEnd('\n');
            }

            using var process = System.Diagnostics.Process.GetProcessById((int)processId);
            return process.ProcessName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException)
        {
            return null;
        }
    }

    // /proc/PID/stat: "pid (comm) state ... starttime" with starttime as field 22; comm may contain anything but ends
    // at the last ')'.
    [SupportedOSPlatform("linux")]
    internal static (char State, ulong StartTicks) ReadStat(int processId)
    {
        if (!PidNamespace.ProcIsOurs)
        {
            return ('?', 0);
        }

        try
        {
            string text = File.ReadAllText($"/proc/{processId}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException
            or IndexOutOfRangeException)
        {
            return ('?', 0);
        }
    }

    [SupportedOSPlatform("linux")]
    private static ProcessLiveness CheckLinux(int processId, ulong startTicks)
    {
        int result = LinuxNative.Kill(processId, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (result != 0 && errno == Errno.ESRCH)
        {
            return PidNamespace.StrangersMayShareSegments() ? ProcessLiveness.Unknown : ProcessLiveness.Dead;
        }

        (char state, ulong start) = ReadStat(processId);
        bool isZombie = state is 'Z' or 'X' or 'x';
        bool isAnother = startTicks != 0 && start != 0 && start != startTicks;
        if (!isZombie && !isAnother)
        {
            return ProcessLiveness.Alive;
        }

        // The number and the start time together name the process; the number alone may be a stranger's that is used
        // here too.
        bool isCertain = isZombie && startTicks != 0 && start == startTicks;
        return !isCertain && PidNamespace.StrangersMayShareSegments() ? ProcessLiveness.Unknown : ProcessLiveness.Dead;
    }

    private static ulong StartTicksPortable(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return (ulong)process.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException
            or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return 0;
        }
    }

    private static ProcessLiveness CheckPortable(int processId, ulong startTicks)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            ulong start = StartTicksPortable(processId);
            return startTicks != 0 && start != 0 && start != startTicks ? ProcessLiveness.Dead : ProcessLiveness.Alive;
        }
        catch (ArgumentException)
        {
            return ProcessLiveness.Dead;
        }
    }
}
