using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>The ruler itself, as a sample: how steady it is.</summary>
internal sealed class RulerCase() : PairCase("limit/ruler", "spin round trip of two cache lines")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        double nanoseconds = Ruler.Read(side);
        return new CaseOutcome { Operations = 200_000, Seconds = nanoseconds * 200_000 / 1e9, Verified = true };
    }
}
