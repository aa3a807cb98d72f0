using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>From one program's write to the other's finished read, through the wait for the next frame, and
/// back.</summary>
internal sealed class VoidWakeCase()
    : PairCase("void/wait-for-next", "write, wake and read of 8 floats there and back")
{
    private const int Floats = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vo");
        using VoidShmWriter writer = VoidShmWriter.Connect(name + "a", 1, Floats);
        side.Start(Name, name);
        using var reader = new VoidAttachedReader(name + "b");
        var round = new Round(writer, reader, new float[Floats], new float[Floats]);
        (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
        float[] last = new float[Floats];
        last.AsSpan().Fill(-1);
        writer.Write(last);
        side.Finish();
        return new CaseOutcome { Operations = times.Count, Seconds = seconds, Verified = right, Latency = times };
    }

    internal override void Partner(PartnerSide side)
    {
        using var reader = new VoidAttachedReader(side.Text(0) + "a");
        using VoidShmWriter writer = VoidShmWriter.Connect(side.Text(0) + "b", 1, Floats);
        float[] values = new float[Floats];
        reader.TryRead(values, out _);
        side.Ready();
        while (reader.WaitForNext(s_patience) == VoidWaitResult.NewFrame)
        {
            if (!reader.TryRead(values, out _) || values[0] < 0)
            {
                return;
            }

            writer.Write(values);
        }
    }

    private readonly struct Round(
        VoidShmWriter writer, VoidAttachedReader reader, float[] values, float[] answer) : IRound
    {
        public bool Go(long index)
        {
            values.AsSpan().Fill(1 + (index % 100_000));
            writer.Write(values);
            do
            {
                if (reader.WaitForNext(s_patience) != VoidWaitResult.NewFrame)
                {
                    throw new TimeoutException("the partner did not answer");
                }

                reader.TryRead(answer, out VoidSnapshot _);
            }
            while (!answer.AsSpan().SequenceEqual(values));
            return true;
        }
    }
}
