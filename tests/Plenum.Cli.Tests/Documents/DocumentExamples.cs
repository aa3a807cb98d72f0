using System.Text;
using System.Text.RegularExpressions;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests.Documents;

/// <summary>The C# blocks of the documents as one program, compiled by the SDK's own compiler: each block, or each of
/// its halves, is a method of its own behind the usings that it states.</summary>
internal sealed partial class DocumentExamples : IDisposable
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        """;

    // What a reader of the page has himself: something that draws, something that changes, a token.
    private const string Surroundings = """
            private static readonly CancellationToken cancellationToken = CancellationToken.None;
            private static void Render(Span<byte> picture) => picture.Fill(7);
            private static void Invert(Span<byte> picture)
            {
                foreach (ref byte b in picture) { b = (byte)~b; }
            }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plenum-examples-");
    private readonly StringBuilder _source = new(Usings + "\n");
    private readonly StringBuilder _dispatch = new();

    private string Program => Path.Combine(_folder.FullName, "examples.dll");

    /// <summary>The text of every C# block of a document.</summary>
    public static string[] BlocksOf(string document) =>
        [.. Block().Matches(File.ReadAllText(Repository.PathOf(document))).Select(match => match.Groups[1].Value)];

    /// <summary>Adds a piece of code under a key.</summary>
    /// <param name="key">Letters and digits.</param>
    /// <param name="code">Usings, statements, types.</param>
    /// <param name="usings">Namespaces that the page takes for granted.</param>
    /// <param name="epilogue">Statements that the test adds, to see the result.</param>
    public void Add(string key, string code, string[]? usings = null, string epilogue = "")
    {
        string[] lines = code.Split('\n');
        IEnumerable<string> stated = lines.Where(line => Using().IsMatch(line))
            .Concat((usings ?? []).Select(name => $"using {name};")).Distinct();

        // A frame cannot live across an await, not even across one at the end that the page does not have.
        bool awaits = code.Contains("await ", StringComparison.Ordinal);
        IEnumerable<string> types = lines.Where(line => Type().IsMatch(line));
        IEnumerable<string> body = lines.Where(line => !Using().IsMatch(line) && !Type().IsMatch(line));
        _source.AppendLine($"namespace Example{key}").AppendLine("{").AppendJoin('\n', stated).AppendLine()
            .AppendLine("internal static class Page").AppendLine("{").AppendLine(Surroundings)
            .AppendJoin('\n', types.Select(type => "internal " + type)).AppendLine()
            .AppendLine(awaits ? "internal static async Task Run()" : "internal static Task Run()").AppendLine("{")
            .AppendJoin('\n', body).AppendLine().AppendLine(epilogue)
            .AppendLine(awaits ? string.Empty : "return Task.CompletedTask;").AppendLine("}").AppendLine("}")
            .AppendLine("}");
        _dispatch.AppendLine($"case \"{key}\": await Example{key}.Page.Run(); break;");
    }

    /// <summary>Compiles what was added; the compiler's errors are the failure's text.</summary>
    public void Compile()
    {
        string source = Path.Combine(_folder.FullName, "examples.cs");
        _source.AppendLine("internal static class Start { private static async Task Main(string[] arguments) { ")
            .AppendLine("switch (arguments[0]) {").Append(_dispatch).AppendLine("} } }");
        File.WriteAllText(source, _source.ToString());
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string built = Path.GetDirectoryName(Repository.AssemblyOf("Plenum.Cli", "plenum"))!;
        string replaced = Repository.AssemblyOf("Plenum.ZeroBuffer.Compatibility");
        foreach (string library in Directory.EnumerateFiles(built, "Plenum.*.dll").Append(replaced).Where(File.Exists))
        {
            File.Copy(library, Path.Combine(_folder.FullName, Path.GetFileName(library)), overwrite: true);
        }

        File.Copy(
            Path.Combine(built, "plenum.runtimeconfig.json"), Path.ChangeExtension(Program, ".runtimeconfig.json"));
        IEnumerable<string> references = Directory.EnumerateFiles(framework, "System*.dll")
            .Append(Path.Combine(framework, "netstandard.dll"))
            .Concat(Directory.EnumerateFiles(_folder.FullName, "Plenum.*.dll"))
            .Select(file => "/reference:" + file);
        using PeerProcess compiler = PeerProcess.Start("dotnet",
        [
            "exec", Compiler(framework), "/nologo", "/noconfig", "/nostdlib", "/target:exe", "/nullable:enable",
            "/warn:0", "/out:" + Program, .. references, source,
        ]);
        int code = compiler.WaitForExit();
        Assert.True(code == 0, $"A block of the documents does not compile.\n{compiler.Transcript}");
    }

    /// <summary>Starts the code of a key in a process of its own.</summary>
    public PeerProcess Start(string key) => PeerProcess.Start("dotnet", ["exec", Program, key]);

    public void Dispose() => _folder.Delete(recursive: true);

    // .../shared/Microsoft.NETCore.App/10.0.x gives .../sdk/*/Roslyn/bincore/csc.dll.
    private static string Compiler(string framework)
    {
        string kits = Path.Combine(framework, "..", "..", "..", "sdk");
        return Directory.EnumerateDirectories(kits)
            .Select(kit => Path.Combine(kit, "Roslyn", "bincore", "csc.dll"))
            .Last(File.Exists);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;")]
    private static partial Regex Using();

    [GeneratedRegex(@"^(readonly )?(record|struct|class|enum) ")]
    private static partial Regex Type();
}
