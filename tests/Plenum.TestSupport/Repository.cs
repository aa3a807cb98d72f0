using System.Runtime.CompilerServices;

namespace Plenum.TestSupport;

/// <summary>Finds the repository's own files from a running test.</summary>
public static class Repository
{
    private static readonly Lazy<string> s_root = new(FindRoot);

    /// <summary>The folder with Plenum.slnx.</summary>
    public static string Root => s_root.Value;

    /// <summary>A path inside the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The build configuration of this test run, in the spelling of the artifacts folder.</summary>
    public static string Configuration =>
        AppContext.BaseDirectory.Contains("release", StringComparison.OrdinalIgnoreCase) ? "release" : "debug";

    /// <summary>The assembly of another project of this repository, built in the same configuration.</summary>
    public static string AssemblyOf(string project, string? assembly = null) =>
        PathOf("artifacts", "bin", project, Configuration, (assembly ?? project) + ".dll");

    private static string FindRoot()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, SourceFolder() })
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                if (File.Exists(Path.Combine(at.FullName, "Plenum.slnx")))
                {
                    return at.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException($"No Plenum.slnx above {AppContext.BaseDirectory}.");
    }

    private static string SourceFolder([CallerFilePath] string file = "") =>
        Path.GetDirectoryName(file) is { Length: > 0 } folder && Directory.Exists(folder) ? folder : "/";
}
