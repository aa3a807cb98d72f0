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
}
