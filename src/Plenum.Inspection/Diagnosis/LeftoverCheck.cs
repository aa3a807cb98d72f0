using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Diagnosis;

/// <summary>What is left beside segments: semaphores, lock files, temporaries, wait tables.</summary>
internal static class LeftoverCheck
{
    private const string TemporaryPrefix = ".plenum-";
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly string[] s_semaphorePrefixes = ["sem.sem-w-", "sem.sem-r-"];

    /// <summary>Where the peers keep a buffer's lock file: C++ and ours, and C#.</summary>
    internal static IReadOnlyList<string> LockFolders { get; } =
        [.. new[] { "/tmp/zerobuffer", Path.Combine(Path.GetTempPath(), "zerobuffer", "locks") }.Distinct()];

    internal static void Run(Ward ward)
    {
        foreach (string file in ward.FileNames)
        {
            CheckSemaphore(ward, file);
            CheckTemporary(ward, file);
            SemaphoreTemporaryCheck.Run(ward, file);
            MeasuringLeftoverCheck.Run(ward, file);
        }

        foreach (string folder in LockFolders.Where(Directory.Exists))
        {
            CheckLocks(ward, folder);
        }

        if (ward.Only is null)
        {
            CheckWaitTables(ward);
        }
    }

    private static void CheckSemaphore(Ward ward, string file)
    {
        string? prefix = Array.Find(s_semaphorePrefixes, found => file.StartsWith(found, StringComparison.Ordinal));
        string buffer = prefix is null ? string.Empty : file[prefix.Length..];
        if (prefix is null || !ward.Wants(buffer) || ward.Files.Contains(buffer))
        {
            return;
        }

        string? kept = IsYoung(Path.Combine(SegmentDirectory.Path, file))
            ? "it is only some seconds old: its buffer may be in the making"
            : LockFolders.Any(folder => FileLock.IsHeld(Path.Combine(folder, buffer + ".lock")) == true)
                ? "somebody holds the buffer's lock" : ward.WhyKept(file, ownersAreKnown: true);
        ward.Add(new DoctorFinding(
            FindingSeverity.Warning, "orphan-semaphore", DoctorSubject.Semaphore, file["sem.".Length..],
            $"the semaphore of a ZeroBuffer '{buffer}' that does not exist")
        {
            IsRemovable = kept is null,
            LeftBecause = kept,
            Advice = "a reader that creates the buffer anew removes it; 'plenum doctor --clean' does so now",
        });
    }

    private static void CheckTemporary(Ward ward, string file)
    {
        string[] words = file.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
            ? file[TemporaryPrefix.Length..].Split('-') : [];
        if (ward.Only is not null || words.Length != 2 || !Guid.TryParseExact(words[1], "N", out _)
            || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int maker))
        {
            return;
        }

        ward.AddUnlessAlive(file, maker, "half-made", "died while it made a segment");
    }

    private static void CheckLocks(Ward ward, string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*.lock"))
        {
            string buffer = Path.GetFileNameWithoutExtension(path);
            if (!ward.Wants(buffer) || ward.Files.Contains(buffer) || FileLock.IsHeld(path) != false)
            {
                continue;
            }

            string? kept = IsYoung(path) ? "it is only some seconds old: its buffer may be in the making" : null;
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "stale-lock", DoctorSubject.LockFile, path,
                $"nobody holds the lock of ZeroBuffer '{buffer}', and the buffer does not exist")
            {
                IsRemovable = kept is null,
                LeftBecause = kept,
                Advice = "harmless; 'plenum doctor --clean' removes it",
            });
        }
    }

    private static void CheckWaitTables(Ward ward)
    {
        foreach (string file in SideTables.FindStale())
        {
            string? kept = ward.WhyKept(file, ownersAreKnown: true);
            ward.Add(new DoctorFinding(
                FindingSeverity.Warning, "stale-wait-table", DoctorSubject.WaitTable, file,
                "a wait table whose ZeroIPC segment is gone")
            {
                IsRemovable = kept is null,
                LeftBecause = kept,
                Advice = "'plenum doctor --clean' removes it",
            });
        }
    }

    private static bool IsYoung(string path)
    {
        try
        {
            // Of the two times the later: a file that was written to lately, or made lately.
            DateTime written = File.GetLastWriteTimeUtc(path);
            DateTime made = File.GetCreationTimeUtc(path);
            return DateTime.UtcNow - (written < made ? written : made) < s_grace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
