using System.Diagnostics;
using System.Globalization;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>Six patterns of processes that share streams, and the code of the guide: one verb each. Without a verb, all
/// of them.</summary>
internal static class Program
{
    private static readonly (string Name, Action<SharedMemory> Run, Action<SharedMemory, int> Child)[] s_patterns =
    [
        ("backpressure", BackpressurePattern.Run, BackpressurePattern.Consume),
        ("pub-sub", PubSubPattern.Run, PubSubPattern.Subscribe),
        ("request-response", RequestResponsePattern.Run, RequestResponsePattern.Serve),
        ("pipeline", PipelinePattern.Run, PipelinePattern.Stage),
        ("fork-join", ForkJoinPattern.Run, ForkJoinPattern.Work),
        ("supervisor", SupervisorPattern.Run, SupervisorPattern.Work),
        ("guide", GuideExamples.Run, GuideExamples.Listen),
    ];

    private static int Main(string[] args)
    {
        if (args is ["child", var pattern, var segment, var index])
        {
            using SharedMemory shared = Open(SharedMemory.Open(segment));
            s_patterns.Single(known =>
                known.Name == pattern).Child(shared, int.Parse(index, CultureInfo.InvariantCulture));
            return 0;
        }

        if (args.Length > 0 && !s_patterns.Any(known => known.Name == args[0]))
        {
            Console.Error.WriteLine(
                $"no pattern '{args[0]}'; there are {string.Join(", ", s_patterns.Select(known => known.Name))}");
            return 2;
        }

        foreach ((string name, Action<SharedMemory> run, _) in s_patterns.Where(p =>
            args.Length == 0 || args[0] == p.Name))
        {
            string created = $"patterns-{Environment.ProcessId}";
            using SharedMemory memory = Open(SharedMemory.Create(created, 1 << 20));
            try
            {
                run(memory);
                Console.WriteLine($"{name}: done");
            }
            finally
            {
                _ = SharedMemory.Remove(created);
            }
        }

        return 0;
    }

    /// <summary>Starts this program again as the other process of a pattern.</summary>
    internal static Process Start(string pattern, SharedMemory memory, int index = 0)
    {
        string program = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(program);
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Program).Assembly.Location] : [];
        foreach (string argument in (string[])[.. own, "child", pattern, memory.Name,
            index.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The other process did not start.");
    }

    // Only this program uses the segment: waits sleep until they are woken.
    private static SharedMemory Open(SharedMemory memory)
    {
        memory.HasForeignPeers = false;
        return memory;
    }
}
