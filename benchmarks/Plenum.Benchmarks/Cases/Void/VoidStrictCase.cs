using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Plenum.Benchmarks.Harness;
using Plenum.Benchmarks.Reports;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Benchmarks.Cases.Void;

/// <summary>The strict snapshot (open, read, close), beside the bare system calls for the same bytes.</summary>
internal sealed class VoidStrictCase(int floats)
    : PairCase($"void/strict-{floats}", $"strict snapshot of {floats} floats: open, validate, copy, close")
{
    private static string Program => Path.Combine(TableWriter.FindRoot(), "artifacts", "baseline", "calls");

    private static bool IsBuilt => File.Exists(Program);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("vo");
        using VoidShmWriter writer = VoidShmWriter.Connect(name, 1, floats);
        float[] values = new float[floats];
        values.AsSpan().Fill(3);
        writer.Write(values);
        using var reader = new VoidShmReader(name);
        float[] read = new float[floats];
        string path = Directory.EnumerateFiles("/dev/shm", "*" + name).Single();
        double before = Calls(path, floats, time / 4);
        bool right = true;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long reads = 0;
        long start = MonotonicClock.Nanoseconds;
        while (MonotonicClock.Nanoseconds - start < time.Ticks * 100)
        {
            for (int i = 0; i < 16; i++)
            {
                right &= reader.TrySnapshot(read, out VoidSnapshot snapshot) && snapshot.IsValid;
            }

            reads += 16;
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
            Reference = IsBuilt
                ? "the same system calls from C++" : "open, fstat, two reads and close by the BCL's handles",
            ReferenceNanoseconds = (before + Calls(path, floats, time / 4)) / 2,
        };
    }

    private static string Bytes(int floats) =>
        ((floats * sizeof(float)) + 64).ToString(CultureInfo.InvariantCulture);

    private static double Calls(string path, int floats, TimeSpan time)
    {
        if (IsBuilt)
        {
            string[] words = [path, Bytes(floats), time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)];
            var info = new ProcessStartInfo(Program, words) { RedirectStandardOutput = true };
            using Process process = Process.Start(info)!;
            return double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        }

        byte[] bytes = new byte[(floats * sizeof(float)) + 512];
        long start = MonotonicClock.Nanoseconds;
        long count = 0;
        long now = start;
        while (now - start < time.Ticks * 100)
        {
            using SafeFileHandle file = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.GetLength(file);
            RandomAccess.Read(file, bytes.AsSpan(0, 512), 0);
            RandomAccess.Read(file, bytes, 0);
            count++;
            now = MonotonicClock.Nanoseconds;
        }

        return (double)(now - start) / count;
    }
}
