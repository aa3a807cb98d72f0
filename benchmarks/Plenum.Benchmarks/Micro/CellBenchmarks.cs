using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Plenum.Platform;

namespace Plenum.Benchmarks.Micro;

/// <summary>What an access through a cell costs beside one to a local variable and one to an array with the same
/// ordering; and what handing a cell out costs.</summary>
[Config(typeof(HostJob))]
public class CellBenchmarks
{
    private const int Accesses = 1000;

    private readonly ulong[] _array = new ulong[16];
    private SharedSegment _segment = null!;
    private SharedUInt64 _cell;

    /// <summary>A segment without a name.</summary>
    [GlobalSetup]
    public void Open()
    {
        _segment = SharedSegment.Create(SegmentName.Parse($"plenum-cells-{Environment.ProcessId}"), 4096);
        _segment.RemoveName();
        _cell = _segment.UInt64(64);
    }

    /// <summary>Unmaps it.</summary>
    [GlobalCleanup]
    public void Close() => _segment.Dispose();

    /// <summary>An acquiring load and a releasing store through a bare reference, which the JIT compiles to what a raw
    /// pointer compiles to.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Accesses)]
    public void RawReference()
    {
        ref ulong word = ref _array[8];
        for (int i = 0; i < Accesses; i++)
        {
            Volatile.Write(ref word, Volatile.Read(ref word) + 1);
        }
    }

    /// <summary>The same through a cell.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void Cell()
    {
        SharedUInt64 cell = _cell;
        for (int i = 0; i < Accesses; i++)
        {
            cell.WriteRelease(cell.ReadAcquire() + 1);
        }
    }

    /// <summary>The same, with the cell handed out, bounds and alignment checked, for each access.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void CellHandedOutEachTime()
    {
        for (int i = 0; i < Accesses; i++)
        {
            SharedUInt64 cell = _segment.UInt64(64);
            cell.WriteRelease(cell.ReadAcquire() + 1);
        }
    }

    /// <summary>In this process: the library does not know how to build for newer run times, and nothing here needs a
    /// process of its own.</summary>
    private sealed class HostJob : ManualConfig
    {
        public HostJob() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
