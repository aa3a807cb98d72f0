using System.Text;

namespace Plenum.Platform;

/// <summary>The folder in which segments of this machine appear as files (Linux: <c>/dev/shm</c>).</summary>
/// <remarks>Thread-safe.</remarks>
public static class SegmentDirectory
{
    internal const string LinuxPath = "/dev/shm";

    /// <summary>True where segments can be enumerated (Linux).</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The folder's path.</summary>
    /// <exception cref="PlatformNotSupportedException">The system has no such folder.</exception>
    public static string Path => IsSupported
        ? LinuxPath
        : throw new PlatformNotSupportedException("This system has no folder of segments; name the segment instead.");

    /// <summary>The names of all regular files in the folder, semaphores (<c>sem.*</c>) included, in no particular
    /// order.</summary>
    /// <exception cref="PlatformNotSupportedException">The system has no such folder.</exception>
    public static IReadOnlyList<string> EnumerateNames()
    {
        var names = new List<string>();
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = false,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Directory | FileAttributes.ReparsePoint,
        };
        foreach (string path in Directory.EnumerateFiles(Path, "*", options))
        {
            names.Add(System.IO.Path.GetFileName(path));
        }

        return names;
    }

    /// <summary>What the operating system says about a file, which is not opened: also one that may not be
    /// read.</summary>
    /// <param name="path">A name in the folder, or the full path of another file; links are followed.</param>
    /// <param name="info">Device and inode, size, owner, mode, times.</param>
    /// <returns>False when there is no such file, the system does not tell, or this is not Linux.</returns>
    public static bool TryGetInfo(string path, out SegmentInfo info)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        info = default;
        return OperatingSystem.IsLinux()
            && LinuxFiles.TryInfo(Encoding.UTF8.GetBytes(System.IO.Path.Combine(LinuxPath, path) + "\0"), out info);
    }
}
