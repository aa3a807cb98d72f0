using System.Diagnostics;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>Celsius, Fahrenheit, warnings: each stage is a process that derives a stream from the one before.</summary>
internal static class PipelinePattern
{
    internal static void Run(SharedMemory memory)
    {
        SharedStream<double> celsius = SharedStream<double>.Create(memory, "celsius", 16);
        using Process first = Program.Start("pipeline", memory, 1);
        using Process second = Program.Start("pipeline", memory, 2);
        for (int degrees = -10; degrees <= 50; degrees += 5)
        {
            _ = celsius.Emit(degrees);
        }

        celsius.Close();
        _ = memory.WaitForEntry("warnings_buffer", Timeout.InfiniteTimeSpan, out _);
        IEnumerable<double> warnings = SharedStream<double>.Open(memory, "warnings").AsEnumerable();
        Console.WriteLine($"warnings: {string.Join(", ", warnings.Select(degrees => $"{degrees:F0} F"))}");
        first.WaitForExit();
        second.WaitForExit();
    }

    internal static void Stage(SharedMemory memory, int index)
    {
        string from = index == 1 ? "celsius" : "fahrenheit";
        _ = memory.WaitForEntry(from + "_buffer", Timeout.InfiniteTimeSpan, out _);
        SharedStream<double> source = SharedStream<double>.Open(memory, from);
        using DerivedStream<double> derived = index == 1
            ? source.Map(degrees => (degrees * 9 / 5) + 32).Into(memory, "fahrenheit", 16)
            : source.Filter(degrees => degrees > 95).Into(memory, "warnings", 16);
        derived.Completion.GetAwaiter().GetResult();
        Console.WriteLine($"stage {index}: {derived.PumpedCount} values into {derived.Stream.Name}");
    }
}
