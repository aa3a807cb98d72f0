using System.Globalization;
using Plenum.Platform;

namespace Plenum.TestSupport;

/// <summary>A segment name that nobody else uses; everything that may belong to it is removed on dispose.</summary>
public sealed class TempSegment : IDisposable
{
    private static readonly string[] s_suffixes = ["", "_request", "_response", "-b", "_payload"];

    private static int s_next;

    /// <summary>Takes the next unused name of this run.</summary>
    /// <param name="label">A word that helps a person who finds the name.</param>
    public TempSegment(string label = "t") =>
        Name = $"{RunPrefix}{Interlocked.Increment(ref s_next)}-{label}";

    /// <summary>What every name of this test process starts with.</summary>
    public static string RunPrefix { get; } = $"plt-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}-";

    /// <summary>The name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>The name, validated.</summary>
    public SegmentName SegmentName => SegmentName.Parse(Name);

    /// <summary>The segment's file.</summary>
    public string FilePath => PathOf(Name);

    /// <summary>The file of a segment of any name.</summary>
    public static string PathOf(string name) => "/dev/shm/" + name;

    /// <summary>Every file that belongs to a name, in the spelling of the three protocols.</summary>
    public static IEnumerable<string> FilesOf(string name)
    {
        foreach (string suffix in s_suffixes)
        {
            string full = name + suffix;
            yield return "/dev/shm/" + full;
            yield return "/dev/shm/sem.sem-w-" + full;
            yield return "/dev/shm/sem.sem-r-" + full;
            yield return $"/tmp/zerobuffer/{full}.lock";
            yield return $"/tmp/zerobuffer/locks/{full}.lock";
        }
    }

    /// <summary>The files of a name that exist although nobody should have left any.</summary>
    /// <remarks>Any reader that is created anywhere sweeps the lock files of the dead, and holds both files of a name
    /// for a moment to look; so lock files are given time to go.</remarks>
    public static IReadOnlyList<string> StillThere(string name) =>
        OnceSwept(() => [.. FilesOf(name).Where(File.Exists)]);

    /// <summary>Names of this run that still exist, anywhere.</summary>
    /// <inheritdoc cref="StillThere" path="/remarks"/>
    public static IReadOnlyList<string> Leftovers(string? prefix = null) =>
        OnceSwept(() => FilesLike(prefix ?? RunPrefix));

    private static IReadOnlyList<string> OnceSwept(Func<IReadOnlyList<string>> look)
    {
        long end = Environment.TickCount64 + 30_000;
        while (true)
        {
            IReadOnlyList<string> found = look();
            if (!found.Any(IsLock) || found.Any(file => !IsLock(file)) || Environment.TickCount64 > end)
            {
                return found;
            }

            Thread.Sleep(1);
        }

        static bool IsLock(string file) => file.StartsWith("/tmp/", StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> FilesLike(string prefix)
    {
        var found = new List<string>();
        foreach (string folder in new[] { "/dev/shm", "/tmp/zerobuffer", "/tmp/zerobuffer/locks" })
        {
            if (Directory.Exists(folder))
            {
                found.AddRange(Directory.EnumerateFiles(folder, "*" + prefix + "*"));
            }
        }

        return found;
    }

    /// <summary>Removes everything that may belong to the name.</summary>
    public void Dispose()
    {
        foreach (string suffix in s_suffixes)
        {
            RemoveWaitTable(Name + suffix);
        }

        foreach (string file in FilesOf(Name).Where(file => Directory.Exists(Path.GetDirectoryName(file))))
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    // Named after the segment's inode, which cannot be told once the segment is gone.
    private static void RemoveWaitTable(string name)
    {
        try
        {
            if (!SegmentFile.TryOpen(SegmentName.Parse(name), out SegmentFile? file))
            {
                return;
            }

            using (file)
            {
                SegmentInfo info = file.GetInfo();
                string boot = BootIdentity.Current.ToString("N")[..8];
                File.Delete(PathOf(string.Create(
                    CultureInfo.InvariantCulture, $".plenum-wait-{info.Device:x}-{info.Inode:x}-{boot}")));
            }
        }
        catch (SharedMemoryException)
        {
            // A link, or a file that nobody may read: no ZeroIPC segment.
        }
    }
}
