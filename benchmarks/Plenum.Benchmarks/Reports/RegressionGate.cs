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
        var open = new List<(PairCase Case, Comparison Comparison)>();
        foreach (PairCase one in CaseCatalog.Matching(prefixes))
        {
            if (prefixes.Length > 0
                || !Array.Exists(s_references, word => one.Name.StartsWith(word, StringComparison.Ordinal)))
            {
                open.Add((one, new Comparison([.. committed.Where(summary => summary.Case == one.Name)])));
            }
        }

        // In rounds: what was slow in one minute is measured again in another.
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (open.Count > 0)
        {
            foreach ((PairCase one, Comparison comparison) in open.ToArray())
            {
                Repeat(one, comparison);
                if (comparison.IsDecided)
                {
                    _ = open.Remove((one, comparison));
                    counts[comparison.Verdict] = counts.GetValueOrDefault(comparison.Verdict) + 1;
                    Console.WriteLine($"{one.Name,-32} {comparison.Verdict,-14} {comparison.Words}");
                }
            }
        }

        Console.WriteLine(string.Join(", ", counts.Select(
            count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}"))));
        return counts.ContainsKey(Comparison.Slower) || counts.ContainsKey(Comparison.Wrong) ? 1 : 0;
    }

    private static void Repeat(PairCase one, Comparison comparison)
    {
        if (comparison.IsDecided)
        {
            return;
        }

        try
        {
            comparison.Add(CaseSummary.Of(SampleRun.Take(one, 1, 3, 400)));
        }
        catch (InvalidOperationException e)
        {
            comparison.Fail(e.Message);
        }
    }
}
