using BenchmarkDotNet.Attributes;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>Single operations of one process. Beside C++: the verb <c>zeroipc-ops</c>, which runs the same loops in
/// pairs.</summary>
[MemoryDiagnoser]
public class OperationBenchmarks
{
    private const int Rounds = 4096;

    private OperationLoops _loops = null!;
    private Func<long, ulong> _loop = null!;

    /// <summary>The operations.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            using var loops = new OperationLoops();
            return [.. loops.All.Keys];
        }
    }

    /// <summary>Which operation.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        _loops = new OperationLoops();
        _loop = _loops.All[Operation];
    }

    [GlobalCleanup]
    public void Cleanup() => _loops.Dispose();

    [Benchmark(OperationsPerInvoke = Rounds)]
    public ulong Run() => _loop(Rounds);
}
