using System.Globalization;

namespace Plenum.Benchmarks.Reports;

/// <summary>One case of this build beside its committed results: repetitions until there is a verdict.</summary>
/// <remarks>One repetition that is as good as the committed samples decides for "as before", because noise only adds
/// time. "Slower" needs several in one ruler state, each beyond everything that was committed in that state; what
/// remains open after some more is undecided, which is no failure.</remarks>
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
            Verdict = asBefore ? AsBefore : slower >= Needed ? Slower : Undecided;
            Words = Describe(now, then, slower);
            if (IsDecided)
            {
                return;
            }
        }
    }

    private static bool IsSlower(CaseSummary now, CaseSummary then) => then.WaiterCpu >= 0
        ? now.WaiterCpu > (then.WaiterCpu * Tolerance) + CpuTolerancePercent
        : now.Score > Math.Max(then.HighestScore, then.Score * Tolerance);

    private static string Describe(CaseSummary now, CaseSummary then, int slower)
    {
        string times = slower > 0 ? FormattableString.Invariant($", slower {slower} of {Needed} times") : string.Empty;
        return FormattableString.Invariant(then.WaiterCpu >= 0
            ? (FormattableString)$"{now.State}: waiter's CPU {now.WaiterCpu:0.00} %, was {then.WaiterCpu:0.00} %{times}"
            : $"{now.State}: {now.Score:0.00} {then.Unit}, was {then.Score:0.00} to {then.HighestScore:0.00}{times}");
    }
}
