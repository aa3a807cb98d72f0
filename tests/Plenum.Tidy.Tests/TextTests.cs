using System.Text.RegularExpressions;
using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>What must not be in tracked text, and links that must lead somewhere.</summary>
public sealed partial class TextTests
{
    private const string Self = "tests/Plenum.Tidy.Tests/TextTests.cs";

    private static readonly string[] s_textKinds =
        [".cs", ".md", ".csproj", ".props", ".targets", ".slnx", ".json", ".yml", ".yaml", ".py", ".cpp", ".hpp",
            ".h", ".sh", ".txt"];

    private static IEnumerable<string> TextFiles => SourceTree.Files.Where(
        file => file != Self && s_textKinds.Contains(Path.GetExtension(file), StringComparer.Ordinal));

    [Fact]
    public void Text_Leftovers_None() => Debt.Check("leftover", Findings(Leftover(), "finish it or remove it"));

    [Fact]
    public void Text_AbsolutePathsAndRegistryHosts_None() =>
        Debt.Check("machine", Findings(Machine(), "a path or host of one machine; say it relatively or leave it out"));

    [Fact]
    public void Documents_Links_LeadSomewhere()
    {
        List<string> dead = [];
        foreach (string file in SourceTree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Link().Matches(WithoutCode(SourceTree.Text(file))))
            {
                string target = Uri.UnescapeDataString(link.Groups[1].Value.Split('#')[0]);
                string folder = Path.GetDirectoryName(Repository.PathOf(file))!;
                if (target.Length != 0 && !Path.Exists(Path.GetFullPath(Path.Combine(folder, target))))
                {
                    dead.Add($"{file}: {link.Groups[1].Value}");
                }
            }
        }

        Assert.True(dead.Count == 0, "Dead links:\n" + string.Join('\n', dead));
    }

    [Fact]
    public void Sources_DocumentsTheyName_Exist()
    {
        IEnumerable<string> dead = SourceTree.CSharp
            .Where(file => file != Self)
            .SelectMany(file => Document().Matches(SourceTree.Text(file)).Select(match => (file, match.Value)))
            .Where(entry => !Path.Exists(Repository.PathOf(entry.Value)))
            .Select(entry => $"{entry.file}: {entry.Value}")
            .Distinct();

        Assert.Empty(dead);
    }

    private static IEnumerable<(string File, string Finding)> Findings(Regex pattern, string advice) => TextFiles
        .SelectMany(file => SourceTree.Lines(file).Select((line, index) => (file, index, match: pattern.Match(line))))
        .Where(entry => entry.match.Success)
        .Select(entry => (entry.file, $"{entry.file}:{entry.index + 1}: '{entry.match.Value}': {advice}"));

    private static string WithoutCode(string text) => Code().Replace(text, string.Empty);

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Leftover();

    [GeneratedRegex(
        @"(?<![\w}.~/-])/(?:work|home|root|Users)/\w+|\b[A-Z]:\\Users\\"
        + @"|\bnuget\.org\b|\bpypi\.org\b|\bcrates\.io\b|\bnpmjs\.\w+")]
    private static partial Regex Machine();

    [GeneratedRegex(@"\]\((?!https?:|mailto:)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bdocs/[\w/.-]+\.md\b|\badr/\d{4}-[\w-]+\.md\b(?<!docs/.*)")]
    private static partial Regex Document();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();
}
