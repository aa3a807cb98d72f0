using System.Globalization;

namespace Plenum.Benchmarks.Reports;

/// <summary>One case of this build beside its committed results: repetitions until there is a verdict.</summary>
/// <remarks>Noise only adds time. So one good sample decides for "as before", and "slower" needs several repetitions in
/// one ruler state, the best sample of each beyond everything that was committed in that state, and more than a sample
/// or two committed there. What remains open after some more repetitions is undecided, which is no failure.</remarks>
internal sealed class Comparison(IReadOnlyList<CaseSummary> committed)
{
    internal const string AsBefore = "as before";
    internal const string Slower = "slower";
    internal const string Undecided = "undecided";
    internal const string NotComparable = "not comparable";
    internal const string Wrong = "wrong answer";

    private const double Tolerance = 1.15;
    private const double CpuTolerancePercent = 0.5;
    private const int Needed = 3;
    private const int NeededCommitted = 3;
    private const int MaxRepetitions = 6;

    private readonly Dictionary<string, int> _slower = [];
    private int _repetitions;

    /// <summary>The verdict so far.</summary>
    internal string Verdict { get; private set; } = NotComparable;

    /// <summary>Its numbers.</summary>
    internal string Words { get; private set; } = committed.Count == 0
        ? "no committed result" : "the machine was in none of the ruler states that have committed samples";

    /// <summary>Whether further repetitions change nothing.</summary>
    internal bool IsDecided =>
        committed.Count == 0 || Verdict is AsBefore or Slower or Wrong || _repetitions >= MaxRepetitions;

    /// <summary>The case could not be measured.</summary>
    internal void Fail(string why)
    {
        _repetitions = MaxRepetitions;
        (Verdict, Words) = (Undecided, why);
    }

    /// <summary>Adds the summaries of one repetition, one for each ruler state it met.</summary>
    internal void Add(IReadOnlyList<CaseSummary> repetition)
    {
        _repetitions++;
        foreach (CaseSummary now in repetition)
        {
            if (!now.Verified)
            {
                (Verdict, Words) = (Wrong, now.Note);
                return;
            }

            if (committed.FirstOrDefault(summary => summary.State == now.State) is not { } then)
            {
                continue;
            }

            int slower = _slower.GetValueOrDefault(now.State) + (IsSlower(now, then) ? 1 : 0);
            bool asBefore = slower == _slower.GetValueOrDefault(now.State);
            _slower[now.State] = slower;
            Verdict = asBefore ? AsBefore
                : slower >= Needed && then.Samples >= NeededCommitted ? Slower : Undecided;
            Words = Describe(now, then, slower);
            if (IsDecided)
            {
                return;
            }
        }
    }

    private static bool IsSlower(CaseSummary now, CaseSummary then) => then.WaiterCpu >= 0
        ? now.WaiterCpu > (then.WaiterCpu * Tolerance) + CpuTolerancePercent
        : now.LowestScore > Math.Max(then.HighestScore, then.Score * Tolerance);

    private static string Describe(CaseSummary now, CaseSummary then, int slower)
    {
        string few = then.Samples < NeededCommitted ? " (too few committed samples)" : string.Empty;
        string times = slower > 0 ? FormattableString.Invariant($", slower {slower} times{few}") : string.Empty;
        string before = then.WaiterCpu >= 0
            ? FormattableString.Invariant($"waiter's CPU {now.WaiterCpu:0.00} %, was {then.WaiterCpu:0.00} %")
            : FormattableString.Invariant(
                $"{now.LowestScore:0.00} {then.Unit}, was {then.Score:0.00} to {then.HighestScore:0.00}");
        return $"{now.State}: {before}{times}";
    }
}
