using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>Who may depend on whom (docs/style.md): read from the built assemblies, not from project files.</summary>
public sealed class DependencyTests
{
    private static readonly string[] s_protocols = ["Plenum.ZeroBuffer", "Plenum.ZeroIpc", "Plenum.VoidShm"];

    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Plenum.Platform"] = [],
        ["Plenum.ZeroBuffer"] = ["Plenum.Platform"],
        ["Plenum.ZeroIpc"] = ["Plenum.Platform"],
        ["Plenum.VoidShm"] = ["Plenum.Platform"],
        ["Plenum.ZeroBuffer.Compatibility"] =
            ["Plenum.Platform", "Plenum.ZeroBuffer", "Microsoft.Extensions.Logging.Abstractions"],
        ["Plenum.Inspection"] = ["Plenum.Platform", .. s_protocols],
        ["Plenum.Recording"] = ["Plenum.Platform"],
        ["Plenum.Bridge"] = ["Plenum.Platform", .. s_protocols],
        ["Plenum.Bridge.RabbitMq"] = ["Plenum.Bridge", "Plenum.Platform", .. s_protocols, "RabbitMQ.Client"],
        ["Plenum.Dashboard"] = ["Plenum.Inspection", "Plenum.Platform", .. s_protocols, "Microsoft.AspNetCore",
        "Microsoft.Extensions"],
        ["Plenum.Cli"] =
        [
            "Plenum.Platform", .. s_protocols, "Plenum.Inspection", "Plenum.Recording", "Plenum.Bridge",
                "Plenum.Bridge.RabbitMq",
                "Plenum.Dashboard",
            "Plenum.ZeroBuffer.Compatibility", "System.CommandLine", "Spectre.Console",
        ],
    };

    public static TheoryData<string> Projects => [.. ProjectNames()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_AreThoseOfTheTable(string project)
    {
        Assert.True(
            s_allowed.TryGetValue(project, out string[]? allowed),
            $"{project} is not in the table of {nameof(DependencyTests)}: decide what it may depend on and add it.");

        IEnumerable<string> wrong = References(project).Where(name => !IsBaseLibrary(name, project)
            && !allowed.Any(prefix =>
                name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal)
                    && !name.StartsWith("Plenum.", StringComparison.Ordinal)));

        string table = string.Join(", ", allowed);
        string found = string.Join(", ", wrong);
        Assert.True(found.Length == 0, $"{project} may reference [{table}], but also references {found}.");
    }

    [Fact]
    public void ProjectFiles_Unsafe_OnlyInPlatformAndCompatibility()
    {
        IEnumerable<string> wrong = SourceTree.Files
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal)
                && file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => SourceTree.Text(file).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal))
            .Where(file => !file.StartsWith("src/Plenum.Platform/", StringComparison.Ordinal)
                && !file.StartsWith("src/Plenum.ZeroBuffer.Compatibility/", StringComparison.Ordinal));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Sources_PlatformCalls_OnlyInPlatform()
    {
        IEnumerable<string> wrong = SourceTree.CSharp
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal)
                && !file.StartsWith("src/Plenum.Platform/", StringComparison.Ordinal))
            .Where(file => SourceTree.Text(file).Contains("[LibraryImport", StringComparison.Ordinal)
                || SourceTree.Text(file).Contains("[DllImport", StringComparison.Ordinal));

        Assert.Empty(wrong);
    }

    internal static IEnumerable<string> ProjectNames() => Directory.GetDirectories(Repository.PathOf("src"))
        .Where(folder => Directory.GetFiles(folder, "*.csproj").Length == 1)
        .Select(folder => Path.GetFileName(folder)!)
        .Order(StringComparer.Ordinal);

    internal static string AssemblyPath(string project)
    {
        string folder = Repository.PathOf("artifacts", "bin", project, Repository.Configuration);
        string file = Path.Combine(folder, project + ".dll");
        return File.Exists(file) ? file : Path.Combine(folder, "plenum.dll");
    }

    private static List<string> References(string project)
    {
        using var reader = new PEReader(File.OpenRead(AssemblyPath(project)));
        MetadataReader metadata = reader.GetMetadataReader();
        return metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .ToList();
    }

    private static bool IsBaseLibrary(string name, string project) =>
        (name.StartsWith("System.", StringComparison.Ordinal) && name != "System.CommandLine")
        || name is "System" or "netstandard" or "Microsoft.Win32.Primitives"
        || (name == "System.CommandLine" && project == "Plenum.Cli");
}
