namespace Plenum.Benchmarks.Harness;

/// <summary>A one-way stream that was counted.</summary>
/// <param name="Messages">Received in the counted part.</param>
/// <param name="Seconds">Of the counted part.</param>
/// <param name="Right">Whether all were what they should be.</param>
/// <param name="AllocatedBytes">Managed bytes this thread allocated meanwhile.</param>
internal readonly record struct Counted(long Messages, double Seconds, bool Right, long AllocatedBytes)
{
    internal void Deconstruct(out long messages, out double seconds, out bool right) =>
        (messages, seconds, right) = (Messages, Seconds, Right);
}
