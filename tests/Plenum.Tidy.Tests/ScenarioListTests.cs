using System.Text.RegularExpressions;

namespace Plenum.Tidy.Tests;

/// <summary>The list of scenarios in docs/protocols/zerobuffer.md against the tests there are, by name.</summary>
public sealed partial class ScenarioListTests
{
    private const string Document = "docs/protocols/zerobuffer.md";
    private const string DuplexDocument = "docs/protocols/zerobuffer-duplex.md";

    private static readonly string[] s_features =
    [
        "1.7", "2.4", "3.3", "4.12", "5.7", "6.4", "7.4", "8.4", "9.1", "10.6", "11.5", "12.4", "14.6",
    ];

    [Fact]
    public void List_EveryScenarioOfTheFeatures_HasALine()
    {
        var numbers = Rows().Select(row => row.Number).ToHashSet(StringComparer.Ordinal);

        IEnumerable<string> missing = s_features
            .SelectMany(last => Enumerable.Range(1, int.Parse(last.Split('.')[1], null))
                .Select(number => $"{last.Split('.')[0]}.{number}"))
            .Where(number => !numbers.Contains(number));

        Assert.Empty(missing);
    }

    [Fact]
    public void List_EveryTestItNames_Exists()
    {
        var one = Methods("tests/Plenum.ZeroBuffer.Tests/");
        var two = Methods("tests/Plenum.CrossProcess.Tests/ZeroBuffer/");
        HashSet<string> classes = [.. SourceTree.CSharp.Select(file => Path.GetFileNameWithoutExtension(file))];

        foreach (Row row in Rows())
        {
            Check(row, row.One, one, classes);
            Check(row, row.Two, two, classes);
        }
    }

    [Fact]
    public void Tests_EveryScenario_IsInTheList()
    {
        HashSet<string> listed = [.. Rows().SelectMany(row => Names(row.One).Concat(Names(row.Two)))];
        IEnumerable<string> unlisted = Methods("tests/Plenum.ZeroBuffer.Tests/")
            .Concat(Methods("tests/Plenum.CrossProcess.Tests/ZeroBuffer/"))
            .Where(method => !listed.Contains(method));

        Assert.Empty(unlisted);
    }

    [Fact]
    public void Rows_WithoutATest_SayWhyNot()
    {
        foreach (Row row in Rows())
        {
            Assert.True(row.One.Length > 0, $"{row.Number}: nothing about one process");
            bool exists = !row.One.StartsWith("does not exist", StringComparison.Ordinal);
            Assert.True(!exists || row.Two.Length > 0, $"{row.Number}: nothing about two processes");
        }
    }

    [Theory]
    [InlineData("tests/Plenum.ZeroBuffer.Duplex.Tests/")]
    [InlineData("tests/Plenum.CrossProcess.Tests/Duplex/")]
    public void Duplex_TheTenScenarios_AreListedAndTestsByNumber(string folder)
    {
        string text = SourceTree.Text(DuplexDocument);
        HashSet<string> numbers =
        [
            .. SourceTree.CSharp.Where(file => file.StartsWith(folder, StringComparison.Ordinal))
                .SelectMany(file => DuplexScenario().Matches(SourceTree.Text(file)))
                .Select(match => match.Groups[1].Value),
        ];

        Assert.All(Enumerable.Range(1, 10), number =>
        {
            Assert.Contains($"{number:00}", numbers);
            Assert.Contains($"\n| 13.{number} ", text, StringComparison.Ordinal);
        });
    }

    private static void Check(Row row, string cell, HashSet<string> methods, HashSet<string> classes)
    {
        foreach (string name in Names(cell))
        {
            Assert.True(
                methods.Contains(name) || classes.Contains(name), $"{Document}, {row.Number}: no test '{name}'");
        }
    }

    // `4_2_Words` is a method behind "Scenario_", a word that ends with Tests a class; others are not tests.
    private static IEnumerable<string> Names(string cell) => Code().Matches(cell)
        .Select(match => match.Groups[1].Value)
        .Where(name => char.IsAsciiDigit(name[0]) || name.EndsWith("Tests", StringComparison.Ordinal))
        .Where(name => !name.Contains(' ', StringComparison.Ordinal));

    private static HashSet<string> Methods(string folder) =>
    [
        .. SourceTree.CSharp.Where(file => file.StartsWith(folder, StringComparison.Ordinal))
            .SelectMany(file => Scenario().Matches(SourceTree.Text(file)))
            .Select(match => match.Groups[1].Value),
    ];

    private static IEnumerable<Row> Rows() => SourceTree.Lines(Document)
        .Where(line => Line().IsMatch(line))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => new Row(cells[1], cells[2], cells[3]));

    [GeneratedRegex(@"^\| \d+\.\d+ \|")]
    private static partial Regex Line();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\bScenario_(\d+_\w+)\(")]
    private static partial Regex Scenario();

    [GeneratedRegex(@"\bScenario13_(\d+)_\w+\(")]
    private static partial Regex DuplexScenario();

    private sealed record Row(string Number, string One, string Two);
}
