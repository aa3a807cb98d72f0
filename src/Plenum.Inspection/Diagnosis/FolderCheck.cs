using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>The folder: its size, its mode, and what lies in it that is no segment.</summary>
internal static class FolderCheck
{
    /// <summary>What containers get when nobody asked for more.</summary>
    private const long ContainerBytes = 64L << 20;

    private const double NearlyFull = 0.9;
    private const UnixFileMode Shared = UnixFileMode.StickyBit | (UnixFileMode)0x1FF;

    internal static (long Total, long Free) Run(Ward ward)
    {
        string folder = SegmentDirectory.Path;
        (long total, long free) = Space(folder);
        if (total > 0 && total <= ContainerBytes)
        {
            Add(ward, FindingSeverity.Warning, "small-folder", string.Create(
                CultureInfo.InvariantCulture,
                $"the file system has only {total >> 20} MiB, as containers get by default; larger segments fail"),
                "give the container more: --shm-size 1g, or ipc: host, or an emptyDir of medium Memory");
        }

        if (total > 0 && free < total * (1 - NearlyFull))
        {
            Add(ward, FindingSeverity.Warning, "full-folder", string.Create(
                CultureInfo.InvariantCulture,
                $"{free >> 10} KiB of {total >> 20} MiB are free; creating segments fails soon"),
                "'plenum list' shows the largest segments; remove what nobody needs");
        }

        if (OperatingSystem.IsLinux() && File.GetUnixFileMode(folder) is var mode && mode != Shared)
        {
            Add(ward, FindingSeverity.Warning, "folder-mode", string.Create(
                CultureInfo.InvariantCulture,
                $"its mode is {Convert.ToString((int)mode, 8)}, not 1777: other users cannot create segments, or can "
                + $"remove those that are not theirs"),
                $"chmod 1777 {folder}");
        }

        if (ward.Only is null)
        {
            CheckContents(ward, folder);
        }

        return (total, free);
    }

    private static void CheckContents(Ward ward, string folder)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        foreach (FileSystemInfo item in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
        {
            if (item.LinkTarget is { } target)
            {
                ward.Add(new DoctorFinding(
                    FindingSeverity.Warning, "symbolic-link", DoctorSubject.Segment, item.Name,
                    $"a symbolic link to '{target}' has a segment's name; Plenum does not follow it, peers may")
                {
                    Advice = "remove it if nobody put it there on purpose",
                    LeftBecause = "it is not a segment",
                });
            }
            else if (item is DirectoryInfo)
            {
                ward.Add(new DoctorFinding(
                    FindingSeverity.Info, "folder", DoctorSubject.Segment, item.Name,
                    "a folder; segments of this name cannot be created")
                { LeftBecause = "it is not a segment" });
            }
        }
    }

    private static (long Total, long Free) Space(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (0, 0);
        }
    }

    private static void Add(Ward ward, FindingSeverity severity, string code, string message, string advice) =>
        ward.Add(new DoctorFinding(severity, code, DoctorSubject.Folder, SegmentDirectory.Path, message)
        {
            Advice = advice,
        });
}
