using System.Globalization;
using System.Text;
using Plenum.Inspection.Tests.ZeroIpc;
using Plenum.TestSupport;
using Plenum.VoidShm;

namespace Plenum.Inspection.Tests;

/// <summary>The table of docs/inspection.md: what is recognised as what. PLENUM_UPDATE_DOCS=1 writes it anew.</summary>
public sealed class RecognitionTableTests
{
    private const string Begin = "<!-- recognition: written by RecognitionTableTests -->";
    private const string End = "<!-- end of recognition -->";

    [Fact]
    public void Table_OfAllImages_IsThatOfTheDocumentAndNothingIsWrong()
    {
        string document = Repository.PathOf("docs", "inspection.md");
        string text = File.ReadAllText(document);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(end, begin, text.Length);

        string table = Table(out int wrong);
        if (Environment.GetEnvironmentVariable("PLENUM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(document, text[..begin] + "\n" + table + text[end..]);
            return;
        }

        Assert.Equal(0, wrong);
        Assert.Equal(table, text[begin..end].TrimStart('\n'));
    }

    private static string Table(out int wrong)
    {
        var rows = new SortedDictionary<string, (int Right, int Ambiguous, int Wrong, SortedSet<string> Candidates)>(
            StringComparer.Ordinal);
        AddZeroBuffer(rows);
        AddVoid(rows);
        AddZeroIpc(rows);
        var table = new StringBuilder("| what it is | right | ambiguous | candidates | wrong "
            + "|\n|---|---|---|---|---|\n");
        foreach ((string what, (int right, int ambiguous, int missed, SortedSet<string> candidates)) in rows)
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {what} | {right} | {ambiguous} | {string.Join(", ", candidates)} | {missed} |\n");
        }

        wrong = rows.Values.Sum(row => row.Wrong);
        return table.Append(CultureInfo.InvariantCulture,
            $"| **all** | {rows.Values.Sum(row => row.Right)} | {rows.Values.Sum(row => row.Ambiguous)} | | {wrong} "
            + $"|\n")
            .ToString();
    }

    private static void AddZeroBuffer(
        SortedDictionary<string, (int Right, int Ambiguous, int Wrong, SortedSet<string> Candidates)> rows)
    {
        foreach (string file in GoldenImage.FilesOf("zerobuffer"))
        {
            using var image = SegmentImage.FromFile(GoldenImage.PathOf("zerobuffer", file));
            SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());
            bool right = description.Summary.Protocol == SegmentProtocol.ZeroBuffer
                && !description.Findings.Any(found => found.Severity == FindingSeverity.Error);
            Count(rows, "ZeroBuffer segment", right ? 1 : -1, []);
        }
    }

    private static void AddVoid(
        SortedDictionary<string, (int Right, int Ambiguous, int Wrong, SortedSet<string> Candidates)> rows)
    {
        foreach (VoidProfile profile in VoidProfiles.Rivals)
        {
            foreach (VoidOwner owner in (VoidOwner[])[VoidOwner.None, new VoidOwner("app", "project", "node")])
            {
                using var image = SegmentImage.FromBytes("synthetic", VoidImage(profile, owner));
                SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());
                VoidProbeReport report = VoidProbe.Examine(
                    image.ReadBytes(0, 4096), image.SizeBytes, VoidProfiles.Rivals);
                List<string> fitting = [.. report.Fitting.Select(found => found.Profile.Name)];
                bool decoded = description.Summary.Protocol == SegmentProtocol.Void && fitting.Contains(profile.Name)
                    && Equals(description.Header.First(field => field.Name == "frame").Value, 9UL);
                int verdict = !decoded ? -1 : fitting.Count == 1 ? 1 : 0;
                Count(rows, "VOID segment", verdict, fitting.Count > 1 ? [.. fitting.Select(name =>
                    $"profile {name}")] : []);
            }
        }
    }

    private static void AddZeroIpc(
        SortedDictionary<string, (int Right, int Ambiguous, int Wrong, SortedSet<string> Candidates)> rows)
    {
        foreach (string file in GoldenImage.FilesOf("zeroipc"))
        {
            using var image = SegmentImage.FromFile(GoldenImage.PathOf("zeroipc", file));
            SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());
            foreach (string pair in KindRecognitionTests.s_truth[Path.GetFileNameWithoutExtension(file)].Split(
                ' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = pair.Split('=');
                EntryDescription entry = description.Entry(parts[0]);
                int verdict = entry.Kind == parts[1] ? 1
                    : entry.Kind == "ambiguous" && entry.Candidates.Contains(parts[1]) ? 0 : -1;
                Count(rows, "ZeroIPC " + parts[1], verdict, verdict == 0 ? entry.Candidates : []);
            }
        }
    }

    private static byte[] VoidImage(VoidProfile profile, VoidOwner owner)
    {
        VoidLayout layout = profile.Layout;
        byte[] bytes = new byte[layout.HeaderBytes + (4 * 6)];
        var header = new VoidHeader(profile.Magic, profile.Version, (ulong)layout.HeaderBytes, 2, 3, 7, 9);
        layout.Encode(bytes, header, owner);
        return bytes;
    }

    private static void Count(
        SortedDictionary<string, (int Right, int Ambiguous, int Wrong, SortedSet<string> Candidates)> rows,
        string what,
        int verdict,
        IEnumerable<string> candidates)
    {
        (int right, int ambiguous, int wrong, SortedSet<string> all) =
            rows.GetValueOrDefault(what, (0, 0, 0, new SortedSet<string>(StringComparer.Ordinal)));
        all.UnionWith(candidates);
        rows[what] = verdict switch
        {
            1 => (right + 1, ambiguous, wrong, all),
            0 => (right, ambiguous + 1, wrong, all),
            _ => (right, ambiguous, wrong + 1, all),
        };
    }
}
