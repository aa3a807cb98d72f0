using Plenum.Platform;

namespace Plenum.Cli.Measurement;

/// <summary>A sample with the ruler readings around it.</summary>
internal sealed record Bracketed<T>(T Value, Bracket Bracket);

/// <summary>Takes samples until one is well bracketed.</summary>
internal static class Bracketed
{
    private const double GoodSpread = 0.08;

    /// <summary>Takes up to <paramref name="attempts"/> samples within a time and keeps the best-bracketed
    /// one.</summary>
    internal static Bracketed<T> Best<T>(
        Ruler ruler, int attempts, TimeSpan budget, Func<T> sample, CancellationToken cancellation)
    {
        long deadline = MonotonicClock.Nanoseconds + (budget.Ticks * 100);
        Bracketed<T>? best = null;
        double before = ruler.Read();
        for (int attempt = 0; attempt < attempts && (best is null || MonotonicClock.Nanoseconds < deadline); attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            T value = sample();
            double after = ruler.Read();
            var taken = new Bracketed<T>(value, new Bracket(before, after));
            best = best is null || taken.Bracket.IsBetterThan(best.Bracket) ? taken : best;
            before = after;
            if (best.Bracket.State != RulerState.Mixed && best.Bracket.Spread < GoodSpread)
            {
                break;
            }
        }

        return best!;
    }
}
