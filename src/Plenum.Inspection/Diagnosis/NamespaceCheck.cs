namespace Plenum.Inspection.Diagnosis;

/// <summary>Whether process numbers in segments mean here what they meant to who wrote them.</summary>
internal static class NamespaceCheck
{
    internal static void Run(Ward ward)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (new FileInfo("/proc/self").LinkTarget is { } self
            && self != Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "foreign-proc", DoctorSubject.System, "/proc",
                "it shows the processes of another pid namespace: names and liveness of processes cannot be told")
            {
                Advice = "mount a /proc of this namespace (unshare --mount-proc, or the container's default)",
            });
        }
        else if (ward.StrangersMayShare)
        {
            ward.Add(new DoctorFinding(
                FindingSeverity.Info, "shared-namespaces", DoctorSubject.System, "pid namespaces",
                "processes of other pid namespaces may share these segments: a process number that is not found here "
                + "counts as unknown, not as dead")
            {
                Advice = "run doctor where the other processes run, or share the pid namespace (--pid)",
            });
        }
    }
}
