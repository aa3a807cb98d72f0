using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>What all checks share: names, who uses what, and the findings so far.</summary>
internal sealed class Ward
{
    // A process number that no kernel gives: not found, unless strangers' numbers mean nothing here.
    private const long NobodysProcess = int.MaxValue - 1;

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(200);

    private readonly List<DoctorFinding> _findings = [];
    private OpenFiles? _openFiles;

    internal Ward(string? only)
    {
        Only = only;
        FileNames = [.. SegmentDirectory.EnumerateNames().Order(StringComparer.Ordinal)];
        Files = FileNames.ToHashSet(StringComparer.Ordinal);
        StrangersMayShare = ProcessIdentity.Check(NobodysProcess) != ProcessLiveness.Dead;
    }

    /// <summary>The only segment to look at; null for all.</summary>
    internal string? Only { get; }

    internal IReadOnlyList<string> FileNames { get; }

    internal HashSet<string> Files { get; }

    internal SegmentUsers Users { get; } = new();

    /// <summary>Whether processes that cannot be seen from here may use these segments.</summary>
    internal bool StrangersMayShare { get; }

    internal IReadOnlyList<DoctorFinding> Findings => _findings;

    internal bool Wants(string name) => Only is null || Only == name;

    internal void Add(DoctorFinding finding) => _findings.Add(finding);

    /// <summary>Adds a file whose name says which process made it for itself, if that process does not live.</summary>
    /// <param name="file">The file.</param>
    /// <param name="maker">The process.</param>
    /// <param name="code">The finding.</param>
    /// <param name="deed">What became of the process.</param>
    internal void AddUnlessAlive(string file, int maker, string code, string deed)
    {
        ProcessLiveness liveness = ProcessIdentity.Check(maker);
        if (liveness == ProcessLiveness.Alive)
        {
            return;
        }

        string? kept = liveness == ProcessLiveness.Unknown
            ? "its maker may live in another pid namespace" : WhyKept(file, ownersAreKnown: true);
        Add(new DoctorFinding(
            FindingSeverity.Warning, code, DoctorSubject.Temporary, file,
            string.Create(CultureInfo.InvariantCulture, $"process {maker} {deed}"))
        {
            IsRemovable = kept is null,
            LeftBecause = kept,
            Advice = "'plenum doctor --clean' removes it",
        });
    }

    /// <summary>Why it cannot be proved that nobody uses a file of the folder; null when it is proved.</summary>
    /// <param name="fileName">The file.</param>
    /// <param name="ownersAreKnown">Whether the file itself, or a lock, says who its owners are: then it need not be
    /// proved that no process at all has it open.</param>
    internal string? WhyKept(string fileName, bool ownersAreKnown)
    {
        if (StrangersMayShare)
        {
            return "processes of another pid namespace may use it, and cannot be seen from here";
        }

        OpenFiles open = _openFiles ??= new OpenFiles(Users);
        if (open.UserOf(fileName) is not null && Users.Of(fileName).Count == 0)
        {
            // Open but not mapped: most likely somebody who only looks, as we do, and is through in a moment.
            using var clock = new ManualResetEventSlim();
            _ = clock.Wait(s_glance);
            open = _openFiles = new OpenFiles(Users);
        }

        return open.UserOf(fileName) is { } user
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"process {user} ({ProcessIdentity.NameOf(user) ?? "unknown"}) has it open")
            : ownersAreKnown || open.IsComplete ? null
            : "not every process can be inspected from here; the administrator may be able to";
    }

    /// <summary>Whether it can be seen what a process has mapped.</summary>
    internal static bool CanInspect(long processId)
    {
        try
        {
            using FileStream maps = File.OpenRead(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps"));
            return maps.ReadByte() >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Name of a user for people.</summary>
    internal static string UserName(uint id)
    {
        try
        {
            foreach (string line in File.ReadLines("/etc/passwd"))
            {
                string[] fields = line.Split(':');
                if (fields.Length > 2 && fields[2] == id.ToString(CultureInfo.InvariantCulture))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{id} ({fields[0]})");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The number alone, then.
        }

        return id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>This process' user; null when the system does not tell.</summary>
    internal static uint? OwnUser()
    {
        try
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(
                found => found.StartsWith("Uid:", StringComparison.Ordinal));
            string[] words = line?.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries) ?? [];
            return words.Length > 2 && uint.TryParse(words[2], CultureInfo.InvariantCulture, out uint id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
