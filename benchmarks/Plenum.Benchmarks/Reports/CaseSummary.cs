using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>Medians and spread of a case's samples in one ruler state.</summary>
internal sealed record CaseSummary
{
    internal required string Case { get; init; }

    internal required string State { get; init; }

    internal required int Samples { get; init; }

    internal required double Ruler { get; init; }

    internal required double Nanoseconds { get; init; }

    internal required double Lowest { get; init; }

    internal required double Highest { get; init; }

    internal required double Ratio { get; init; }

    internal required double P99 { get; init; }

    internal required double BytesPerSecond { get; init; }

    internal required double RatioToReference { get; init; }

    internal required string Reference { get; init; }

    internal required double Allocated { get; init; }

    internal required double WaiterCpu { get; init; }

    internal required string Note { get; init; }

    internal required bool Verified { get; init; }

    /// <summary>The lowest <see cref="Score"/> of a single sample.</summary>
    internal required double LowestScore { get; init; }

    /// <summary>The highest <see cref="Score"/> of a single sample.</summary>
    internal required double HighestScore { get; init; }

    /// <summary>What <see cref="Score"/> is measured in.</summary>
    internal string Unit => RatioToReference > 0 ? $"x {Reference}" : "R";

    /// <summary>What two runs are compared by: against the reference of the same sample when there is one, else
    /// against the ruler.</summary>
    internal double Score => RatioToReference > 0 ? RatioToReference : Ratio;

    /// <summary>One summary for each case and state, in the order of the samples.</summary>
    internal static IReadOnlyList<CaseSummary> Of(IEnumerable<SampleRecord> samples) =>
        [.. samples.Where(SampleRun.IsBracketed).GroupBy(sample => (sample.Case, sample.State)).Select(Summarise)];

    private static CaseSummary Summarise(IGrouping<(string Case, string State), SampleRecord> group) => new()
    {
        Case = group.Key.Case,
        State = group.Key.State,
        Samples = group.Count(),
        Ruler = Median(group, sample => sample.RulerNs),
        Nanoseconds = Median(group, sample => sample.NsPerOperation),
        Lowest = group.Min(sample => sample.NsPerOperation),
        Highest = group.Max(sample => sample.NsPerOperation),
        Ratio = Median(group, sample => sample.RatioToRuler),
        P99 = Median(group, sample => sample.P99Ns),
        BytesPerSecond = Median(group, sample => sample.BytesPerSecond),
        RatioToReference = Median(
            group, sample => sample.ReferenceNs > 0 ? sample.NsPerOperation / sample.ReferenceNs : 0),
        LowestScore = group.Min(ScoreOf),
        HighestScore = group.Max(ScoreOf),
        Reference = group.First().Reference,
        Allocated = Median(group, sample => sample.AllocatedBytesPerOperation),
        WaiterCpu = Median(group, sample => sample.WaiterCpuPercent),
        Note = group.OrderBy(sample => sample.NsPerOperation).ElementAt(group.Count() / 2).Note,
        Verified = group.All(sample => sample.Verified),
    };

    private static double ScoreOf(SampleRecord sample) =>
        sample.ReferenceNs > 0 ? sample.NsPerOperation / sample.ReferenceNs : sample.RatioToRuler;

    private static double Median(IEnumerable<SampleRecord> samples, Func<SampleRecord, double> value)
    {
        double[] values = [.. samples.Select(value).Order()];
        return values.Length % 2 == 1
            ? values[values.Length / 2]
            : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }
}
