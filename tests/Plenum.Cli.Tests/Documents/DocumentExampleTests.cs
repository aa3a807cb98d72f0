using Plenum.TestSupport;

namespace Plenum.Cli.Tests.Documents;

/// <summary>What the README and the packages' pages show compiles as it is printed; the README's blocks run.</summary>
public sealed class DocumentExampleTests
{
    [Fact]
    public void Pages_EveryBlock_Compiles() => Watchdog.Run(() =>
    {
        using var examples = new DocumentExamples();
        AddPage(examples, "Buffer", "src/Plenum.ZeroBuffer/README.md", "Plenum.ZeroBuffer");
        AddPage(examples, "Old", "src/Plenum.ZeroBuffer.Compatibility/README.md");
        AddPage(examples, "Ipc", "src/Plenum.ZeroIpc/README.md");
        AddPage(examples, "Void", "src/Plenum.VoidShm/README.md");
        AddPage(examples, "Recording", "src/Plenum.Recording/README.md");
        AddPage(examples, "Look", "src/Plenum.Inspection/README.md", "Plenum.Inspection",
            "Plenum.Inspection.Diagnosis", "Plenum.Inspection.Watching");

        examples.Compile();
    });

    [Fact]
    public void Readme_EveryBlock_CompilesAndDoesWhatItSays() => Watchdog.Run(() =>
    {
        string[] blocks = DocumentExamples.BlocksOf("README.md");
        Assert.Equal(6, blocks.Length);
        List<TempSegment> names = [];
        try
        {
            using var examples = new DocumentExamples();
            string[] halves = Own(blocks[0], names, "camera").Split("// Process B");
            examples.Add("FramesA", halves[0]);
            examples.Add("FramesB", "using Plenum.ZeroBuffer;\n//" + halves[1]);
            examples.Add(
                "Requests", Own(blocks[1], names, "shapes"), epilogue: "Console.WriteLine($\"{area} {later}\");");
            examples.Add(
                "InPlace", Own(blocks[2], names, "filter"),
                epilogue: "Console.WriteLine($\"{filtered[0]} {filtered[^1]}\");");
            examples.Add("Structures", Own(blocks[3], names, "sensor_data"));
            examples.Add("Codata", Own(blocks[4], names, "jobs"));
            examples.Add("Matrices", Own(blocks[5], names, "levels"));
            examples.Compile();

            using (PeerProcess reader = examples.Start("FramesA"))
            using (PeerProcess writer = examples.Start("FramesB"))
            {
                Assert.Equal("1: 6220800 bytes", reader.ReadLine());
                writer.ExpectExit();
                reader.ExpectExit();
            }

            Expect(examples, "Requests", "12 30");
            Expect(examples, "InPlace", "248 248");
            Expect(examples, "Structures", "21.5");
            Expect(examples, "Codata", "job 42", "42");
            Expect(examples, "Matrices");
        }
        finally
        {
            names.ForEach(name => name.Dispose());
        }
    });

    private static void Expect(DocumentExamples examples, string key, params string[] lines)
    {
        using PeerProcess process = examples.Start(key);
        Assert.All(lines, line => Assert.Equal(line, process.ReadLine()));
        process.ExpectExit();
    }

    // Blocks of one page go on where the one before ended.
    private static void AddPage(DocumentExamples examples, string key, string page, params string[] usings)
    {
        string[] blocks = DocumentExamples.BlocksOf(page);
        Assert.NotEmpty(blocks);
        examples.Add(key, string.Join('\n', blocks), usings);
    }

    // The page's segment under a name of this run.
    private static string Own(string block, List<TempSegment> names, string printed)
    {
        var own = new TempSegment(printed);
        names.Add(own);

        // With a slash it is a segment; an entry in it may have the same name, and keeps it: entries' names are short.
        string slash = block.Contains($"\"/{printed}\"", StringComparison.Ordinal) ? "/" : string.Empty;
        string replaced = block.Replace(
            $"\"{slash}{printed}\"", $"\"{slash}{own.Name}\"", StringComparison.Ordinal);
        Assert.NotEqual(block, replaced);
        return replaced;
    }
}
