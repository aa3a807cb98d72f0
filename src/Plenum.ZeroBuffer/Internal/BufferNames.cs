using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The names that belong to one buffer (spec zerobuffer 1.1).</summary>
internal sealed class BufferNames
{
    /// <summary>The longest name in UTF-8 bytes: the file of its semaphore is <c>sem.sem-w-NAME</c>.</summary>
    internal const int MaxBytes = 245;

    private const string LockExtension = ".lock";

    private BufferNames(SegmentName segment)
    {
        Segment = segment;
        DataSemaphore = "sem-w-" + segment.Value;
        SpaceSemaphore = "sem-r-" + segment.Value;
        CppLockPath = Path.Combine(CppLockFolder, segment.Value + LockExtension);
        CsLockPath = Path.Combine(CsLockFolder, segment.Value + LockExtension);
    }

    /// <summary>Where the C++ and Python readers keep their lock files.</summary>
    internal static string CppLockFolder => OperatingSystem.IsWindows()
        ? Path.Combine(Path.GetTempPath(), "zerobuffer")
        : "/tmp/zerobuffer";

    /// <summary>Where the C# reader keeps its lock files; it honours TMPDIR.</summary>
    internal static string CsLockFolder => Path.Combine(Path.GetTempPath(), "zerobuffer", "locks");

    internal SegmentName Segment { get; }

    internal string Value => Segment.Value;

    /// <summary>"Data available": posted by the writer, once per frame.</summary>
    internal string DataSemaphore { get; }

    /// <summary>"Space freed": posted by the reader, once per released frame.</summary>
    internal string SpaceSemaphore { get; }

    internal string CppLockPath { get; }

    internal string CsLockPath { get; }

    internal static BufferNames Parse(string name)
    {
        SegmentName segment = SegmentName.Parse(name);
        int bytes = Encoding.UTF8.GetByteCount(segment.Value);
        return bytes <= MaxBytes
            ? new BufferNames(segment)
            : throw new ArgumentException(
                $"'{name}' is not a buffer name: it has {bytes} bytes in UTF-8, the limit is {MaxBytes} (its "
                + "semaphores' names "
                + "are 10 bytes longer).",
                nameof(name));
    }

    /// <summary>The buffer a lock file belongs to; null when the file's name is none of ours.</summary>
    internal static BufferNames? FromLockFile(string path)
    {
        string file = Path.GetFileName(path);
        string stem = file.EndsWith(LockExtension, StringComparison.Ordinal)
            ? file[..^LockExtension.Length]
            : string.Empty;
        return SegmentName.TryParse(stem, out SegmentName? segment) && !stem.StartsWith('/')
            && Encoding.UTF8.GetByteCount(stem) <= MaxBytes
            ? new BufferNames(segment!)
            : null;
    }
}
