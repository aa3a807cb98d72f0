using Plenum.Platform;

namespace Plenum.Cli.Measurement;

/// <summary>The limit for large frames: copying one source into four slots in turn, in one process.</summary>
internal static class MemoryCopy
{
    private const int Slots = 4;
    private const long SampleNanoseconds = 60_000_000;

    internal static MemoryCopyResult Measure(int sizeBytes)
    {
        byte[] source = new byte[sizeBytes];
        Random.Shared.NextBytes(source);
        byte[] target = new byte[Slots * (long)sizeBytes];
        var rates = new List<double>();
        for (int sample = 0; sample < 5; sample++)
        {
            rates.Add(Sample(source, target));
        }

        rates.Sort();
        return new MemoryCopyResult(sizeBytes, rates[rates.Count / 2]);
    }

    private static double Sample(byte[] source, byte[] target)
    {
        int batch = Math.Max(1, 256 * 1024 / source.Length);
        long bytes = 0;
        long start = MonotonicClock.Nanoseconds;
        long now;
        int slot = 0;
        do
        {
            for (int i = 0; i < batch; i++)
            {
                source.CopyTo(target.AsSpan(slot * source.Length, source.Length));
                slot = (slot + 1) % Slots;
            }

            bytes += (long)batch * source.Length;
            now = MonotonicClock.Nanoseconds;
        }
        while (now - start < SampleNanoseconds);
        return bytes / ((now - start) / 1e9);
    }
}
