using System.Globalization;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>Compares this build with the committed results by ratios, never by nanoseconds.</summary>
internal static class RegressionGate
{
    // Programs that this repository does not build, and the machine's own limits: no commit makes them slower.
    private static readonly string[] s_references = ["field/", "limit/"];

    /// <summary>Measures; exit 1 only when a case was slower in every one of several repetitions in one ruler state, or
    /// gave a wrong answer.</summary>
    internal static int Run(string[] prefixes)
    {
        IReadOnlyList<CaseSummary> committed =
            CaseSummary.Of(ResultFile.LoadAll(TableWriter.FindRoot()).SelectMany(file => file.Samples));
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (PairCase one in CaseCatalog.Matching(prefixes))
        {
            if (prefixes.Length == 0
                && Array.Exists(s_references, word => one.Name.StartsWith(word, StringComparison.Ordinal)))
            {
                continue;
            }

            (string verdict, string words) = Judge(one, [.. committed.Where(summary => summary.Case == one.Name)]);
            counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
            Console.WriteLine($"{one.Name,-32} {verdict,-14} {words}");
        }

        Console.WriteLine(string.Join(", ", counts.Select(
            count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}"))));
        return counts.ContainsKey(Comparison.Slower) || counts.ContainsKey(Comparison.Wrong) ? 1 : 0;
    }

    private static (string Verdict, string Words) Judge(PairCase one, CaseSummary[] committed)
    {
        var comparison = new Comparison(committed);
        try
        {
            while (!comparison.IsDecided)
            {
                comparison.Add(CaseSummary.Of(SampleRun.Take(one, 1, 3, 400)));
            }
        }
        catch (InvalidOperationException e)
        {
            return (Comparison.Undecided, e.Message);
        }

        return (comparison.Verdict, comparison.Words);
    }
}
