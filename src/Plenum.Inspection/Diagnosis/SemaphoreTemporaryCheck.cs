using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>Files that the C library made for a semaphore and that a killed process could not link away.</summary>
/// <remarks>
/// glibc's <c>sem_open(O_CREAT)</c> writes 32 bytes to <c>sem.</c> and six random letters or digits, links that to the
/// name asked for and unlinks it. A left one has nobody's number in it, and a semaphore that somebody called by six
/// letters looks the same; so 32 bytes are removable only when another name stands for them too, or when their six
/// characters look drawn by lot.
/// </remarks>
internal static class SemaphoreTemporaryCheck
{
    private const string Prefix = "sem.";
    private const int RandomCharacters = 6;
    private const int SemaphoreBytes = 32;

    // Drawn from 62 characters, 72 of 100 names change so often between small and capital letters and digits.
    private const int ChangesOfALot = 3;

    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    internal static void Run(Ward ward, string file)
    {
        string random = file.StartsWith(Prefix, StringComparison.Ordinal) ? file[Prefix.Length..] : string.Empty;
        if (ward.Only is not null || random.Length != RandomCharacters || !random.All(char.IsAsciiLetterOrDigit)
            || !TryLook(file, out SegmentInfo info) || info.SizeBytes is not (0 or SemaphoreBytes)
            || DateTime.UtcNow - File.GetLastWriteTimeUtc(Path.Combine(SegmentDirectory.Path, file)) < s_grace)
        {
            return;
        }

        bool proved = info.SizeBytes == 0 || info.LinkCount > 1 || Changes(random) >= ChangesOfALot;
        string? kept = proved
            ? ward.WhyKept(file, ownersAreKnown: true)
            : $"it may be the semaphore '/{random}' of a program that does not run now";
        ward.Add(new DoctorFinding(
            proved ? FindingSeverity.Warning : FindingSeverity.Info, "semaphore-temporary",
            DoctorSubject.Temporary, file,
            "looks like what a process leaves that is killed while the C library creates a semaphore")
        {
            IsRemovable = kept is null,
            LeftBecause = kept,
            Advice = kept is null
                ? "'plenum doctor --clean' removes it"
                : $"when no program uses a semaphore '/{random}': rm {SegmentDirectory.Path}/{file}",
        });
    }

    private static bool TryLook(string file, out SegmentInfo info)
    {
        info = default;
        try
        {
            if (!SegmentFile.TryOpen(SegmentName.Parse(file), out SegmentFile? opened))
            {
                return false;
            }

            using (opened)
            {
                info = opened.GetInfo();
                return true;
            }
        }
        catch (SharedMemoryException)
        {
            // Another user's: neither known nor removable.
            return false;
        }
    }

    private static int Changes(string text)
    {
        int changes = 0;
        for (int i = 1; i < text.Length; i++)
        {
            changes += Kind(text[i]) != Kind(text[i - 1]) ? 1 : 0;
        }

        return changes;
    }

    private static int Kind(char c) => char.IsAsciiDigit(c) ? 0 : char.IsAsciiLetterUpper(c) ? 1 : 2;
}
