using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Scaling;

/// <summary>The cost of a write against the number of attached readers, each of which reads as often as it can; all
/// readers share the partner's processor.</summary>
internal sealed class VoidReadersCase(int readers)
    : PairCase($"scale/void-readers-{readers}", $"publish 512 floats while {readers} readers read all they can")
{
    private const int Floats = 512;

    internal override int WarmUps => 1;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vr");
        using VoidShmWriter writer = VoidShmWriter.Connect(name, 1, Floats);
        float[] values = new float[Floats];
        writer.Write(values);
        side.Start(Name, name, readers);
        Write(writer, values);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        ulong first = writer.Frame;
        long start = MonotonicClock.Nanoseconds;
        while (MonotonicClock.Nanoseconds - start < time.Ticks * 100)
        {
            Write(writer, values);
        }

        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        long writes = (long)(writer.Frame - first);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        values.AsSpan().Fill(-1);
        writer.Write(values);
        PartnerReport report = side.Finish();
        return new CaseOutcome
        {
            Operations = writes,
            Seconds = seconds,
            Verified = report.Right && report.Operations > 0,
            BytesPerOperation = Floats * sizeof(float),
            AllocatedBytes = allocated,
            Note = FormattableString.Invariant($"{report.Operations} whole snapshots read meanwhile"),
        };
    }

    internal override void Partner(PartnerSide side)
    {
        string name = side.Text(0);
        long snapshots = 0;
        int torn = 0;
        var threads = new Thread[side.Number(1)];
        using var attached = new CountdownEvent(threads.Length);
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                using var reader = new VoidAttachedReader(name);
                float[] read = new float[Floats];
                reader.TryRead(read, out _);
                attached.Signal();
                long mine = 0;
                while (read[0] >= 0)
                {
                    mine += ReadSome(reader, read, ref torn);
                }

                Interlocked.Add(ref snapshots, mine);
            });
            threads[i].Start();
        }

        attached.Wait();
        side.Ready();
        Array.ForEach(threads, thread => thread.Join());
        side.Operations = snapshots;
        side.Right = torn == 0;
    }

    private static int ReadSome(VoidAttachedReader reader, float[] read, ref int torn)
    {
        int count = 0;
        for (int i = 0; i < 64 && read[0] >= 0; i++)
        {
            if (reader.TryRead(read, out VoidSnapshot snapshot) && snapshot.Verification == VoidVerification.Verified)
            {
                count++;
                if (read.AsSpan().ContainsAnyExcept(read[0]))
                {
                    Interlocked.Increment(ref torn);
                }
            }
        }

        return count;
    }

    private static void Write(VoidShmWriter writer, float[] values)
    {
        for (int i = 0; i < 64; i++)
        {
            values.AsSpan().Fill(i);
            writer.Write(values);
        }
    }
}
