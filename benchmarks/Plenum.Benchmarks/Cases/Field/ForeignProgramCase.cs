using System.Diagnostics;
using System.Globalization;
using Plenum.Benchmarks.Harness;
using Plenum.Benchmarks.Reports;

namespace Plenum.Benchmarks.Cases.Field;

/// <summary>A round trip through another system, by the program that benchmarks/field/build.sh builds into
/// artifacts/field.</summary>
internal sealed class ForeignProgramCase(string what, string about, string? daemon = null)
    : PairCase($"field/{what}", about)
{
    private static string Program => Path.Combine(TableWriter.FindRoot(), "artifacts", "field", "field");

    /// <summary>Whether the program was built here.</summary>
    internal static bool IsBuilt => File.Exists(Program);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        using Process? helper = daemon is null ? null : StartDaemon(daemon, side.Processors);
        try
        {
            string line = RunProgram(
                side.Processors, what, side.Processors[0], side.Processors[^1], time.TotalMilliseconds.ToString("0",
                CultureInfo.InvariantCulture));
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double median = double.Parse(words[2], CultureInfo.InvariantCulture);
            return new CaseOutcome
            {
                Operations = long.Parse(words[0], CultureInfo.InvariantCulture),
                Seconds = double.Parse(words[1], CultureInfo.InvariantCulture),
                Verified = words[4] == "right",
                MedianNanoseconds = median,
            };
        }
        finally
        {
            Stop(helper);
        }
    }

    // On all processors at first: it pins its two halves itself.
    private static string RunProgram(IReadOnlyList<int> processors, params object[] words)
    {
        var info = new ProcessStartInfo("taskset", ["-c", string.Join(',', processors), Program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (object word in words)
        {
            info.ArgumentList.Add(Convert.ToString(word, CultureInfo.InvariantCulture)!);
        }

        using Process process = Process.Start(info) ?? throw new InvalidOperationException($"{Program} did not start");
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text.Trim().Split('\n')[^1]
            : throw new InvalidOperationException(
                $"{Program} {words[0]} ended with {process.ExitCode}: {complaints.Result}");
    }

    // Asked to end, not killed: it removes its shared memory then.
    private static void Stop(Process? helper)
    {
        if (helper is null)
        {
            return;
        }

        using Process asking = Process.Start("kill", ["-TERM", helper.Id.ToString(CultureInfo.InvariantCulture)]);
        asking.WaitForExit();
        helper.WaitForExit();
    }

    // This thread is pinned, and its children would be; the daemon may run where it likes.
    private static Process StartDaemon(string program, IReadOnlyList<int> processors)
    {
        var info = new ProcessStartInfo("taskset", ["-c", string.Join(',', processors), program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start");

        // It says on its output that it is ready.
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("ready", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }
        }

        return process;
    }
}
