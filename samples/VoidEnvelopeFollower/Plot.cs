using System.Globalization;
using System.Text;
using Plenum.VoidShm;

namespace Plenum.Samples.VoidEnvelopeFollower;

/// <summary>The second process: waits for frames and draws one bar a voice, until the writer disconnects.</summary>
internal static class Plot
{
    private const int Width = 40;
    private const int MaxIdleWaits = 40;

    internal static int Run(string name)
    {
        using var reader = new VoidAttachedReader(name);
        float[] values = new float[16];
        long frames = 0;
        long skipped = 0;
        ulong last = 0;
        float loudest = 0;
        bool live = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        int idle = 0;
        while (idle < MaxIdleWaits)
        {
            if (reader.WaitForNext(TimeSpan.FromMilliseconds(250)) == VoidWaitResult.TimedOut
                || !reader.TryRead(values, out VoidSnapshot snapshot))
            {
                // Before the first frame the writer may still be starting; after it, a missing segment means that it
                // has ended.
                idle = frames > 0 && !reader.IsAttached ? MaxIdleWaits : idle + 1;
                continue;
            }

            idle = 0;
            if (snapshot.Verification != VoidVerification.Verified)
            {
                Console.WriteLine("plot: a frame that cannot be verified; the writer has no trailer");
                return 1;
            }

            skipped += frames > 0 ? (long)(snapshot.Frame - last) - 1 : 0;
            last = snapshot.Frame;
            loudest = Math.Max(loudest, values.AsSpan(0, snapshot.FloatCount).ToArray().Max());

            // In a file one line in ten is enough.
            if (live || frames % 10 == 0)
            {
                Console.Write((live ? "\r" : string.Empty) + Bars(values, snapshot) + (live ? string.Empty : "\n"));
            }

            frames++;
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"plot: {frames} frames drawn, {skipped} between them, loudest {loudest:F2}"));
        return frames > 0 ? 0 : 1;
    }

    private static string Bars(ReadOnlySpan<float> values, in VoidSnapshot snapshot)
    {
        var line = new StringBuilder();
        int width = Width / snapshot.Channels;
        for (int voice = 0; voice < snapshot.Channels; voice++)
        {
            int filled = (int)Math.Clamp(values[voice] * width, 0, width);
            line.Append('|').Append('#', filled).Append('.', width - filled);
        }

        return line.Append(CultureInfo.InvariantCulture, $"| frame {snapshot.Frame}").ToString();
    }
}
