using System.Globalization;
using BenchmarkDotNet.Running;
using Plenum.Benchmarks.Harness;
using Plenum.Benchmarks.Reports;

namespace Plenum.Benchmarks;

/// <summary>What a person can ask of the benchmarks.</summary>
internal static class Commands
{
    private const string Usage = """
        usage: Plenum.Benchmarks COMMAND
          list                  the cases
          run [CASE-PREFIX...] [--processes 3] [--samples 3] [--ms 500] [--out FILE]
                                measures between two pinned processes and prints a table; --out keeps the samples
          tables [--check]      rewrites the tables of the documents from benchmarks/results/
          compare [CASE-PREFIX...]
                                measures again and compares with benchmarks/results/; says 'slower' only when
                                three repetitions in the same ruler state agree; exit 1 then, or at a wrong answer
          micro [BENCHMARKDOTNET ARGUMENTS]
                                single operations in one process
          zeroipc-ops [--pairs 15] [--only TEXT] [--json]
                                single ZeroIPC operations beside their C++ twins, in turn (needs g++)
        """;

    internal static int Run(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "list":
                foreach (PairCase one in CaseCatalog.All)
                {
                    Console.WriteLine($"{one.Name,-28} {one.About}");
                }

                return 0;
            case "run":
                return Measure(args[1..]);
            case "tables":
                return TableWriter.Run(check: args.Contains("--check"));
            case "compare":
                return RegressionGate.Run(args[1..]);
            case "micro":
                BenchmarkSwitcher.FromAssembly(typeof(Commands).Assembly).Run(args[1..]);
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return args.Length == 0 ? 0 : 2;
        }
    }

    private static int Measure(string[] args)
    {
        List<string> prefixes = [];
        int processes = 3;
        int samples = 3;
        int milliseconds = 500;
        string? file = null;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--processes":
                    processes = int.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--samples":
                    samples = int.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--ms":
                    milliseconds = int.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--out":
                    file = args[++i];
                    break;
                default:
                    prefixes.Add(args[i]);
                    break;
            }
        }

        var measured = new List<SampleRecord>();
        int failed = 0;
        foreach (PairCase one in CaseCatalog.Matching(prefixes))
        {
            try
            {
                List<SampleRecord> taken = SampleRun.Take(one, processes, samples, milliseconds);
                measured.AddRange(taken);
                Console.Write(ResultTable.Lines(taken));
            }
            catch (InvalidOperationException e)
            {
                failed++;
                Console.Error.WriteLine($"{one.Name}: {e.Message}");
            }

            // After every case: an interrupted run keeps what it has.
            if (file is not null)
            {
                ResultFile.Create($"run {string.Join(' ', args)}", measured).Save(file);
            }
        }

        return failed == 0 && measured.TrueForAll(sample => sample.Verified) ? 0 : 1;
    }
}
