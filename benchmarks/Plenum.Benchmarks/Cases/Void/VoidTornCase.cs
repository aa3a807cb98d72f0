using System.Globalization;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>Snapshots of a writer that runs flat out: how many are torn, how many succeed and what they cost; verified,
/// or plain as the contract has them.</summary>
internal sealed class VoidTornCase(int floats, bool verified) : PairCase(
    $"void/{(verified ? "verified" : "plain")}-under-fire-{floats}",
    $"{(verified ? "verified" : "plain")} snapshots of {floats} floats while the writer runs flat out")
{
    // Every float of the k-th frame is k modulo this, which float32 holds exactly.
    private const uint Modulus = 1 << 20;

    private VoidProfile Profile => verified ? VoidProfiles.Canon : VoidProfiles.Strict;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vo");
        side.Start(Name, name, (long)time.TotalMilliseconds + 200);
        using var reader = new VoidAttachedReader(name, new VoidReaderOptions { Profile = Profile });
        float[] values = new float[floats];
        var times = new Histogram();
        long torn = 0;
        long failed = 0;
        long last = MonotonicClock.Nanoseconds;
        long start = last;
        while (last - start < time.Ticks * 100)
        {
            bool read = reader.TryRead(values, out VoidSnapshot snapshot);
            long now = MonotonicClock.Nanoseconds;
            failed += read ? 0 : 1;
            if (read)
            {
                times.Add(now - last);
                torn += values.AsSpan().ContainsAnyExcept(snapshot.Frame % Modulus) ? 1 : 0;
            }

            last = MonotonicClock.Nanoseconds;
        }

        double seconds = (last - start) / 1e9;
        PartnerReport report = side.Finish();
        double share = 100.0 * times.Count / Math.Max(1, times.Count + failed);
        return new CaseOutcome
        {
            Operations = times.Count,
            Seconds = seconds,
            Verified = times.Count > 0 && report.Operations > 0 && (torn == 0 || !verified),
            Latency = times,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{torn} torn of {times.Count}; {share:0.0} % succeeded; {report.Operations} frames written"),
        };
    }

    internal override void Partner(PartnerSide side)
    {
        using VoidShmWriter writer = VoidShmWriter.Connect(
            side.Text(0), 1, floats, new VoidWriterOptions { Profile = Profile });
        float[] values = new float[floats];
        writer.Write(values);
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(1) * 1_000_000);
        while (MonotonicClock.Nanoseconds < end)
        {
            for (int i = 0; i < 16; i++)
            {
                values.AsSpan().Fill((writer.Frame + 1) % Modulus);
                writer.Write(values);
                side.Operations++;
            }
        }
    }
}
