using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>Publishing a frame, beside a copy of the same bytes; with or without the second buffer filled.</summary>
internal sealed class VoidWriteCase(int floats, bool second) : PairCase(
    $"void/write{(second ? "-second" : string.Empty)}-{floats}",
    $"publish {floats} floats{(second ? ", second buffer always filled" : string.Empty)}")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vo");
        using VoidShmWriter writer = VoidShmWriter.Connect(name, 1, floats, new VoidWriterOptions
        {
            SecondBuffer = second ? VoidSecondBuffer.Always : VoidSecondBuffer.None,
        });
        float[] values = new float[floats];
        var copy = new CopyReference(floats);
        double before = copy.Measure(time / 4);
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
        return new CaseOutcome
        {
            Operations = writes,
            Seconds = seconds,
            Verified = ReadsBack(name, values),
            BytesPerOperation = floats * sizeof(float),
            AllocatedBytes = allocated,
            Reference = "copy of the same bytes",
            ReferenceNanoseconds = (before + copy.Measure(time / 4)) / 2,
        };
    }

    private static void Write(VoidShmWriter writer, float[] values)
    {
        for (int i = 0; i < 256; i++)
        {
            values[0] = i;
            writer.Write(values);
        }
    }

    private static bool ReadsBack(string name, float[] expected)
    {
        using var reader = new VoidShmReader(name);
        float[] read = new float[expected.Length];
        return reader.TrySnapshot(read, out VoidSnapshot snapshot) && snapshot.IsValid
            && read.AsSpan().SequenceEqual(expected);
    }
}
