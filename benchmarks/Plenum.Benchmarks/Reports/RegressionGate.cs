using System.Globalization;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>Compares this build with the committed results by ratios, never by nanoseconds.</summary>
internal static class RegressionGate
{
    private const double Tolerance = 1.15;
    private const int Repetitions = 3;

    /// <summary>Measures; says 'slower' only when every repetition in the same ruler state was slower than the slowest
    /// tolerated ratio.</summary>
    internal static int Run(string[] prefixes)
    {
        IReadOnlyList<CaseSummary> committed =
            CaseSummary.Of(ResultFile.LoadAll(TableWriter.FindRoot()).SelectMany(file => file.Samples));
        int slower = 0;
        foreach (PairCase one in CaseCatalog.Matching(prefixes))
        {
            CaseSummary[] before = [.. committed.Where(summary => summary.Case == one.Name)];
            string verdict = before.Length == 0 ? "no committed result" : Judge(one, before);
            slower += verdict.StartsWith("slower", StringComparison.Ordinal) ? 1 : 0;
            Console.WriteLine($"{one.Name,-28} {verdict}");
        }

        return slower > 0 ? 1 : 0;
    }

    private static string Judge(PairCase one, CaseSummary[] committed)
    {
        string verdict = "not comparable: no sample in a ruler state that has a committed result";
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            foreach (CaseSummary now in CaseSummary.Of(SampleRun.Take(one, 1, 3, 400)))
            {
                if (Array.Find(committed, summary => summary.State == now.State) is not { } then)
                {
                    continue;
                }

                double change = now.Score / then.Score;
                string word = change > Tolerance ? "slower" : "as before";
                verdict = string.Create(CultureInfo.InvariantCulture,
                $"{word}: {change:0.00} x the committed ratio ({now.State} {now.Score:0.00}, was {then.Score:0.00})");
                if (change <= Tolerance)
                {
                    return verdict;
                }
            }
        }

        return verdict;
    }
}
