using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>The second process: does its half of what it is told, line by line.</summary>
internal static class TwoProcessPeer
{
    /// <summary>SEGMENT RULER PROCESSOR.</summary>
    internal static int Run(string[] args)
    {
        _ = ProcessorAffinity.TryPin(int.Parse(args[2], CultureInfo.InvariantCulture));
        using SharedMemory memory = SharedMemory.Open(args[0]);
        using var ruler = SharedSegment.Open(SegmentName.Parse(args[1]), SegmentAccess.ReadWrite);
        var scenarios = new Scenarios(memory);
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            Console.WriteLine("ready");
            if (words[0] == "ruler")
            {
                SpinRuler.Follow(ruler);
            }
            else if (words[0] == "ours")
            {
                memory.HasForeignPeers = words[1] != "true";
            }
            else
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                scenarios.All[words[0]].Follow(long.Parse(words[1], CultureInfo.InvariantCulture));
                Console.WriteLine(FormattableString.Invariant(
                    $"done {(Environment.CpuUsage.TotalTime - before).TotalMicroseconds}"));
                continue;
            }

            Console.WriteLine("done 0");
        }

        return 0;
    }
}
