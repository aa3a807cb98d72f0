using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>The files of the repository: those that git tracks, and new ones that it does not ignore.</summary>
internal static class SourceTree
{
    private static readonly Lazy<IReadOnlyList<string>> s_files = new(List);

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    internal static IReadOnlyList<string> Files => s_files.Value;

    internal static IEnumerable<string> CSharp => Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    internal static string[] Lines(string file) => File.ReadAllLines(Repository.PathOf(file));

    internal static string Text(string file) => File.ReadAllText(Repository.PathOf(file));

    /// <summary>src/Plenum.X/... gives src/Plenum.X.</summary>
    internal static string ProjectOf(string file) => string.Join('/', file.Split('/').Take(2));

    private static List<string> List()
    {
        var start = new ProcessStartInfo("git", "ls-files --cached --others --exclude-standard")
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => File.Exists(Repository.PathOf(file)))
            .ToList();
    }
}
