namespace Plenum.Benchmarks.Harness;

/// <summary>Round trips that were timed one by one.</summary>
/// <param name="Times">Of each.</param>
/// <param name="Seconds">Of all.</param>
/// <param name="Right">Whether every answer was.</param>
/// <param name="AllocatedBytes">Managed bytes this thread allocated meanwhile.</param>
internal readonly record struct Timed(Histogram Times, double Seconds, bool Right, long AllocatedBytes)
{
    internal void Deconstruct(out Histogram times, out double seconds, out bool right) =>
        (times, seconds, right) = (Times, Seconds, Right);
}
