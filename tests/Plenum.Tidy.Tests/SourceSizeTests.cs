using System.Text.RegularExpressions;

namespace Plenum.Tidy.Tests;

/// <summary>Files of 400 lines, methods of 60, lines of 120 columns, one public type a file, names that say
/// something.</summary>
public sealed partial class SourceSizeTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 60;
    private const int MaxColumns = 120;

    [Fact]
    public void SourceFiles_Length_AtMostTheLimit() => Debt.Check("file-length", SourceTree.CSharp
        .Select(file => (File: file, Count: SourceTree.Lines(file).Length))
        .Where(entry => entry.Count > MaxFileLines)
        .Select(entry => (entry.File, $"{entry.File}: {entry.Count} lines, limit {MaxFileLines}. Split it by "
            + "concern.")));

    [Fact]
    public void SourceLines_Width_AtMostTheLimit() => Debt.Check("line-width", SourceTree.CSharp
        .SelectMany(file => SourceTree.Lines(file)
            .Select((line, index) => (File: file, Number: index + 1, line.Length))
            .Where(entry => entry.Length > MaxColumns)
            .Select(entry => (
                entry.File,
                $"{entry.File}:{entry.Number}: {entry.Length} columns, limit {MaxColumns} (eng/rewrap.py helps)"))));

    [Fact]
    public void Methods_Length_AtMostTheLimit() => Debt.Check(
        "method-length", SourceTree.CSharp.SelectMany(LongMethods));

    [Fact]
    public void PublicTypes_PerFile_AtMostOne() => Debt.Check("one-type-per-file", SourceTree.CSharp
        .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
        .Select(file => (File: file, Types: SourceTree.Lines(file).Where(line => PublicType().IsMatch(line)).ToList()))
        .Where(entry => entry.Types.Count > 1)
        .Select(entry => (entry.File,
            $"{entry.File} declares {entry.Types.Count} public types: {string.Join("; ", entry.Types)}")));

    [Fact]
    public void TypeNames_SayWhatTheyAre() => Debt.Check("type-name", SourceTree.CSharp
        .SelectMany(file => SourceTree.Lines(file)
            .Select(line => EmptyName().Match(line))
            .Where(match => match.Success)
            .Select(match => (file, $"{file}: '{match.Groups[1].Value}' says nothing; take a noun from the spec."))));

    // A member's body opens with a brace of its own at the depth of members (4 or 8) after a line that ends its
    // signature.
    private static IEnumerable<(string File, string Finding)> LongMethods(string file)
    {
        string[] lines = SourceTree.Lines(file);
        for (int open = 1; open < lines.Length; open++)
        {
            Match brace = MemberBrace().Match(lines[open]);
            string before = lines[open - 1].Trim();
            if (!brace.Success || !before.EndsWith(')') || Statement().IsMatch(before)
                || before.Contains(" = new", StringComparison.Ordinal))
            {
                continue;
            }

            int close = Array.FindIndex(lines, open, line =>
                line.StartsWith(brace.Groups[1].Value + "}", StringComparison.Ordinal));
            int length = close - open + 2;
            if (close > 0 && length > MaxMethodLines)
            {
                yield return (file, $"{file}:{open}: {length} lines, limit {MaxMethodLines}: {before}");
            }
        }
    }

    [GeneratedRegex(
        @"^public\s+(?:(?:sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*"
        + @"(?:class|struct|record|enum|interface|delegate)\b")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(?:class|struct|record)\s+(\w*(?:Manager|Helper|Helpers|Util|Utils|Utility|Common))\b(?!\s*=)")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"^( {4}| {8})\{$")]
    private static partial Regex MemberBrace();

    [GeneratedRegex(@"^(?:if|for|foreach|while|switch|using|lock|fixed|catch|else|return)\b")]
    private static partial Regex Statement();
}
