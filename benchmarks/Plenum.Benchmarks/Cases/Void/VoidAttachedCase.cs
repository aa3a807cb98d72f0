using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>A snapshot through a kept mapping, beside a copy of the same bytes.</summary>
internal sealed class VoidAttachedCase(int floats, bool eachCopy) : PairCase(
    $"void/attached{(eachCopy ? "-checked" : string.Empty)}-{floats}",
    $"attached snapshot of {floats} floats{(eachCopy ? ", file size asked before each copy" : string.Empty)}")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vo");
        using VoidShmWriter writer = VoidShmWriter.Connect(name, 1, floats);
        float[] values = new float[floats];
        values.AsSpan().Fill(3);
        writer.Write(values);
        using var reader = new VoidAttachedReader(name, new VoidReaderOptions
        {
            SizeCheck = eachCopy ? VoidSizeCheck.EachCopy : VoidSizeCheck.Periodic,
        });
        float[] read = new float[floats];
        var copy = new CopyReference(floats);
        double before = copy.Measure(time / 4);

        // The first snapshot attaches.
        bool right = Read(reader, read);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long reads = 0;
        long start = MonotonicClock.Nanoseconds;
        while (MonotonicClock.Nanoseconds - start < time.Ticks * 100)
        {
            right &= Read(reader, read);
            reads += 256;
        }

        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new CaseOutcome
        {
            Operations = reads,
            Seconds = seconds,
            Verified = right && read.AsSpan().SequenceEqual(values),
            BytesPerOperation = floats * sizeof(float),
            AllocatedBytes = allocated,
            Reference = "copy of the same bytes",
            ReferenceNanoseconds = (before + copy.Measure(time / 4)) / 2,
        };
    }

    private static bool Read(VoidAttachedReader reader, float[] destination)
    {
        bool right = true;
        for (int i = 0; i < 256; i++)
        {
            right &= reader.TryRead(destination, out VoidSnapshot snapshot)
                && snapshot.Verification == VoidVerification.Verified;
        }

        return right;
    }
}
