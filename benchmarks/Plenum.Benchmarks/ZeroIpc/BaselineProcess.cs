using System.Diagnostics;
using System.Globalization;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>The C++ baseline, built once and driven line by line.</summary>
internal sealed class BaselineProcess : IDisposable
{
    private readonly Process _process;

    private BaselineProcess(Process process) => _process = process;

    /// <summary>Builds it with benchmarks/baseline/build.sh and starts it on a processor.</summary>
    internal static BaselineProcess Start(int processor)
    {
        var process = Process.Start(new ProcessStartInfo(Build())
        {
            ArgumentList = { "serve", processor.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var baseline = new BaselineProcess(process);
        _ = baseline.ReadLine();
        return baseline;
    }

    /// <summary>Builds the program.</summary>
    /// <returns>Its path.</returns>
    internal static string Build()
    {
        string folder = Path.Combine(RepositoryRoot(), "benchmarks", "baseline");
        string output = Path.Combine(Path.GetTempPath(), $"plenum-baseline-{Environment.UserName}");
        using var build = Process.Start("bash", [Path.Combine(folder, "build.sh"), output]);
        build.WaitForExit();
        return build.ExitCode == 0
            ? Path.Combine(output, "baseline")
            : throw new InvalidOperationException("The C++ baseline was not built; g++ is needed.");
    }

    /// <summary>Runs one operation.</summary>
    /// <returns>Nanoseconds per operation, and the check value.</returns>
    internal (double Nanoseconds, ulong Check) Measure(string operation, long rounds)
    {
        _process.StandardInput.WriteLine(FormattableString.Invariant($"{operation} {rounds}"));
        _process.StandardInput.Flush();
        string[] words = ReadLine().Split(' ');
        return words.Length == 2
            ? (double.Parse(words[0], CultureInfo.InvariantCulture), ulong.Parse(words[1],
                CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The baseline has no operation '{operation}'.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Plenum.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("Run it from the repository: the C++ baseline is built from its source.");
    }

    private string ReadLine() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The baseline ended.");
}
