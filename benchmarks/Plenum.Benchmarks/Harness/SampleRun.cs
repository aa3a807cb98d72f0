using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Plenum.Benchmarks.Harness;

/// <summary>Takes a case's samples in several separate pairs of processes.</summary>
internal static class SampleRun
{
    /// <summary>Takes samples; up to twice as many processes are started when too few samples are well
    /// bracketed.</summary>
    internal static List<SampleRecord> Take(PairCase one, int processes, int samples, int milliseconds)
    {
        var taken = new List<SampleRecord>();
        for (int pair = 0; pair < processes * 2; pair++)
        {
            if (pair >= processes && taken.Count(IsBracketed) >= processes)
            {
                break;
            }

            taken.AddRange(RunPair(one.Name, samples, milliseconds));
        }

        return taken;
    }

    /// <summary>Whether the ruler said the same before and after the sample.</summary>
    internal static bool IsBracketed(SampleRecord sample) =>
        sample.State is "NEAR" or "FAR" or "SIBLING"
        && Math.Abs(sample.RulerBeforeNs - sample.RulerAfterNs) < 0.15 * sample.RulerNs;

    private static List<SampleRecord> RunPair(string name, int samples, int milliseconds)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(info.FileName) == "dotnet")
        {
            info.ArgumentList.Add(typeof(SampleRun).Assembly.Location);
        }

        foreach (string word in (string[])[
            "sample", name, samples.ToString(CultureInfo.InvariantCulture),
            milliseconds.ToString(CultureInfo.InvariantCulture)])
        {
            info.ArgumentList.Add(word);
        }

        using Process process = Process.Start(info)
            ?? throw new InvalidOperationException("the measuring process did not start");
        var taken = new List<SampleRecord>();
        using var limit = new Timer(
            static state => ((Process)state!).Kill(entireProcessTree: true), process,
            TimeSpan.FromMilliseconds(60_000 + (20.0 * samples * milliseconds)), Timeout.InfiniteTimeSpan);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            taken.Add(JsonSerializer.Deserialize<SampleRecord>(line, ResultJson.Line)!);
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? taken
            : throw new InvalidOperationException($"the measuring process of {name} ended with {process.ExitCode}");
    }
}
