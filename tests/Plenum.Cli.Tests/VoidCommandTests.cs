using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Plenum.TestSupport;
using Plenum.VoidShm;

namespace Plenum.Cli.Tests;

public sealed class VoidCommandTests
{
    private static readonly string[] s_infoKeys =
    [
        "name", "channels", "length", "epoch", "frame", "owner_app", "owner_project", "owner_node", "bytes",
            "data_offset",
        "data_bytes",
    ];

    [Fact]
    public void Info_Json_HasExactlyTheElevenKeys()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer = VoidShmWriter.Connect(
            name, 2, 3, new VoidWriterOptions { Owner = new VoidOwner("app", "project", "node") });
        writer.Write([1, 2, 3, 4, 5, 6]);

        var run = CommandRun.InProcess("void", "info", "/" + name, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(s_infoKeys, run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(2, run.Json.GetProperty("channels").GetInt32());
        Assert.Equal(24, run.Json.GetProperty("data_bytes").GetInt32());
        Assert.Equal("project", run.Json.GetProperty("owner_project").GetString());
    }

    [Fact]
    public void Info_Missing_Exit3WithTheCode()
    {
        var run = CommandRun.InProcess("void", "info", "no-such-void", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("invalid", run.Json.GetProperty("state").GetString());
        Assert.Equal("MISSING", run.Json.GetProperty("code").GetString());
        Assert.Single(run.ErrorLines);
    }

    [Theory]
    [InlineData("list", "1 2.5 3 4 5 6\n")]
    [InlineData("values", "0 1 2.5 3\n1 4 5 6\n")]
    public void Read_Snapshot_IsPrintedInTheFormat(string format, string expected)
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer = VoidShmWriter.Connect(name, 2, 3);
        writer.Write([1, 2.5f, 3, 4, 5, 6]);

        var run = CommandRun.InProcess("void", "read", name, "--format", format);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, run.Output);
    }

    [Fact]
    public void Read_Csv_HasNamesAndValues()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer = VoidShmWriter.Connect(name, 2);
        writer.Write([0.5f, -1]);

        string[] lines = CommandRun.InProcess("void", "read", name, "--format", "csv").Output.Split('\n');

        Assert.Equal("frame,time_ns,c0,c1", lines[0]);
        Assert.EndsWith(",0.5,-1", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Raw_IsLittleEndianFloats()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer = VoidShmWriter.Connect(name, 2);
        writer.Write([0.5f, -1]);

        var run = CommandRun.Spawn(null, "void", "read", name, "--format", "raw");

        Assert.Equal(8, run.OutputBytes.Length);
        Assert.Equal(-1f, BinaryPrimitives.ReadSingleLittleEndian(run.OutputBytes.AsSpan(4)));
    }

    [Fact]
    public void Write_LinesOfStdin_ArePublishedAndRemovedAtTheEnd()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using Process writer = CommandRun.Start("void", "write", name, "--channels", "2", "--json");
        writer.StandardInput.Write("0.25 0.5\nset 1 0.75\n[[3],[4]]\n");
        writer.StandardInput.Flush();
        WaitForFrame(name, 3);

        var read = CommandRun.InProcess("void", "read", name);
        var written = CommandRun.Finish(writer);

        Assert.Equal("3 4\n", read.Output);
        Assert.Equal(0, written.ExitCode);
        Assert.Equal(3, written.LastLineJson.GetProperty("framesWritten").GetInt64());
        Assert.Equal(3, CommandRun.InProcess("void", "info", name).ExitCode);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("list")]
    public void Write_WhatReadPrints_IsTheSameFrame(string format)
    {
        using var from = new TempSegment("v");
        using var to = new TempSegment("w");
        using var source = VoidShmWriter.Connect(from.Name, 2, 2);
        source.Write([0.1f, -2, 3e20f, 4]);
        string text = CommandRun.InProcess("void", "read", from.Name, "--format", format).Output;
        using Process copy = CommandRun.Start("void", "write", to.Name, "--channels", "2", "--length", "2");
        copy.StandardInput.Write(text);
        copy.StandardInput.Flush();
        WaitForFrame(to.Name, 1);

        var read = CommandRun.InProcess("void", "read", to.Name);

        Assert.Equal("0.1 -2 3E+20 4\n", read.Output + read.Error);
        Assert.Equal(0, CommandRun.Finish(copy).ExitCode);
    }

    [Fact]
    public void Write_SecondWriter_Exit7BeforeItsSource()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var first = VoidShmWriter.Connect(name, 1);

        var second = CommandRun.Spawn(Encoding.UTF8.GetBytes("nonsense\n"), "void", "write", name);

        Assert.Equal(7, second.ExitCode);
        Assert.Single(second.ErrorLines);
    }

    [Fact]
    public void Write_BadLine_Exit2()
    {
        using var segment = new TempSegment("v");

        var run = CommandRun.Spawn(Encoding.UTF8.GetBytes("0.5\nhalf\n"), "void", "write", segment.Name);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1\nset 2 5\n", "line 2 of stdin: index ('2') must be less than '2'.")]
    [InlineData("name a/b\n", "line 1 of stdin: 'a/b' is not a VOID segment name")]
    [InlineData("1\n\n[[1],[2,3]]\n", "line 3 of stdin: it is not a JSON array of numbers, or of rows")]
    public void Write_LineThatCannotBe_IsNamedWithItsNumber(string input, string expected)
    {
        using var segment = new TempSegment("v");

        var run = CommandRun.Spawn(
            Encoding.UTF8.GetBytes(input), "void", "write", segment.Name, "--channels", "2");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            $"plenum: writing '{segment.Name}': {expected}", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_InfinitiesAsOtherProgramsPrintThem_AreNumbers()
    {
        using var segment = new TempSegment("v");

        var run = CommandRun.Spawn(
            Encoding.UTF8.GetBytes("inf -inf\nnan +INF\n-Infinity NaN\n"),
            "void", "write", segment.Name, "--channels", "2", "--json");

        Assert.Equal(string.Empty, run.Error);
        Assert.Equal(3, run.Json.GetProperty("framesWritten").GetInt32());
    }

    [Fact]
    public void Show_SegmentThatWasJustWritten_IsActive()
    {
        using var segment = new TempSegment("v");
        using var writer = VoidShmWriter.Connect(segment.Name, 2);
        writer.Write([1, 2]);

        JsonElement shown = CommandRun.InProcess("show", segment.Name, "--json").Json;

        // A machine that keeps the look from running for a quarter of a second sees an idle one.
        bool isRecent = shown.GetProperty("lastChangeMs").GetInt64() < 250;
        Assert.Equal(isRecent ? "active" : "idle", shown.GetProperty("state").GetString());
    }

    [Fact]
    public void ProfileFile_NotJson_IsOneLineForPeople()
    {
        string notJson = Repository.AssemblyOf("Plenum.Cli", "plenum");

        var run = CommandRun.InProcess("void", "read", "any", "--profile", notJson);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is not valid JSON", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Hold_KeepsItPublishedUntilCtrlC()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using Process writer = CommandRun.Start(
            "void", "write", name, "--channels", "3", "--signal", "step", "--frames", "2", "--rate", "1000", "--hold");
        WaitForFrame(name, 2);

        Assert.Equal(0, CommandRun.InProcess("void", "state", name, "--poll-freq", "1000").ExitCode);
        CommandRun.Interrupt(writer);

        Assert.Equal(130, CommandRun.Finish(writer).ExitCode);
        Assert.Equal(3, CommandRun.InProcess("void", "state", name).ExitCode);
    }

    [Fact]
    public void List_VoidSegment_WriterIsTold()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer = VoidShmWriter.Connect(name, 2);
        writer.Write([1, 2]);

        JsonElement found = CommandRun.InProcess("list", "--protocol", "void", "--json").Json.GetProperty("segments")
            .EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

        Assert.Equal(Environment.ProcessId, found.GetProperty("writer").GetProperty("pid").GetInt32());
        JsonElement header = CommandRun.InProcess("show", name, "--json").Json.GetProperty("header");
        Assert.Equal(2, header.GetProperty("channels").GetInt32());
        Assert.Equal(0x44494F56, header.GetProperty("magic").GetInt64());
    }

    [Fact]
    public void Profile_ListShowProbe_AgreeOnCanon()
    {
        using var segment = new TempSegment("v");
        string name = segment.Name;
        using var writer =
            VoidShmWriter.Connect(name, 2, 2, new VoidWriterOptions { Owner = new VoidOwner("a", "b", "c") });

        Assert.Contains(
            CommandRun.InProcess("void", "profile", "list", "--json").Json.GetProperty("profiles").EnumerateArray(),
            profile => profile.GetProperty("name").GetString() == "canon"
                && profile.GetProperty("headerBytes").GetInt32() == 232);
        Assert.Contains(
            "\"size.check\": \">=\"", CommandRun.InProcess("void", "profile", "show", "canon").Output,
            StringComparison.Ordinal);
        Assert.Equal(3, CommandRun.InProcess("void", "profile", "show", "no-such-profile").ExitCode);
        JsonElement probe = CommandRun.InProcess("void", "profile", "probe", name, "--json").Json;
        Assert.Contains(
            probe.GetProperty("profiles").EnumerateArray(),
            profile => profile.GetProperty("name").GetString() == "canon" && profile.GetProperty("fits").GetBoolean());
    }

    private static void WaitForFrame(string name, ulong frame)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Watchdog.Limit)
        {
            if (VoidInfo.Read(name) is { IsValid: true } info && info.Frame >= frame)
            {
                return;
            }
        }

        throw new TimeoutException("the frame did not come");
    }
}
