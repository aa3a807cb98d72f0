using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

public sealed class ZeroIpcCommandTests
{
    [Fact]
    public void Create_NewSegment_IsListedShownAndRemoved()
    {
        using var name = new TempSegment("zi");

        var created =
            CommandRun.InProcess("zeroipc", "create", "/" + name.Name, "--size", "64KiB", "--entries", "16", "--json");

        Assert.Equal(0, created.ExitCode);
        Assert.Equal(65536, created.Json.GetProperty("sizeBytes").GetInt64());
        JsonElement header = CommandRun.InProcess("show", name.Name, "--json").Json.GetProperty("header");
        Assert.Equal(2, header.GetProperty("version").GetInt32());
        Assert.Equal(16, header.GetProperty("max_entries").GetInt32());
        Assert.Equal(32 + (48 * 16), header.GetProperty("next_offset").GetInt32());
        Assert.Equal(0, CommandRun.InProcess("remove", name.Name).ExitCode);
        Assert.False(File.Exists(name.FilePath));
    }

    [Fact]
    public void Create_NameTaken_Exit7UnlessReplaced()
    {
        using var name = new TempSegment("zi");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);

        var again = CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB");

        Assert.Equal(7, again.ExitCode);
        Assert.Single(again.ErrorLines);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "128KiB", "--replace").ExitCode);
        Assert.Equal(128 * 1024, new FileInfo(name.FilePath).Length);
    }

    [Fact]
    public void Entries_Json_HasTheTable()
    {
        var run = CommandRun.InProcess("zeroipc", "entries", GoldenImage.PathOf("zeroipc", "cpp_all.bin"), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(31, run.Json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public void Validate_GoldenImage_IsValid() =>
        Assert.Equal(
            0, CommandRun.InProcess("zeroipc", "validate", GoldenImage.PathOf("zeroipc", "cpp_all.bin")).ExitCode);

    [Fact]
    public void Validate_BrokenSegment_Exit1WithFindings()
    {
        using var name = new TempSegment("zi");
        byte[] bytes = GoldenImage.Read("zeroipc", "cpp_queue.bin");
        bytes[0x20 + 0x20] = 0x25;
        File.WriteAllBytes(name.FilePath, bytes);

        var run = CommandRun.InProcess("zeroipc", "validate", name.Name, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.False(run.Json.GetProperty("valid").GetBoolean());
        Assert.True(run.Json.GetProperty("findings").GetArrayLength() > 0);
    }

    [Fact]
    public void Entries_OtherProtocol_Exit4() => Assert.Equal(
        4, CommandRun.InProcess("zeroipc", "entries", GoldenImage.PathOf("zerobuffer", "cpp-01-created.bin")).ExitCode);
}
