using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>Every operation of <c>plenum zeroipc KIND OP</c>, as scripts in the folder Scripts: one command a line,
/// then what it must give.</summary>
/// <remarks>A line is <c>words => exit code [output]</c>; S is the segment, output lines are joined by
/// commas.</remarks>
public sealed class ZeroIpcOperationTests
{
    public static TheoryData<string> Kinds =>
    [
        "array", "queue", "stack", "map", "set", "pool", "ring", "table", "semaphore", "mutex", "rwlock", "monitor",
        "barrier", "latch", "once", "event", "signal", "future", "lazy", "channel",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Operations_OfAKind_GiveResultsAndExitCodes(string kind)
    {
        string[] script = File.ReadAllLines(
            Path.Combine(Repository.Root, "tests", "Plenum.Cli.Tests", "Scripts", kind + ".txt"));
        using var name = new TempSegment(kind);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);

        Assert.NotEmpty(script);
        foreach (string line in script)
        {
            string[] parts = line.Split(" => ");
            string[] expected = parts[1].Split(' ', 2);

            var run = Run(name, parts[0]);

            string output = string.Join(',', run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(
                (line, expected[0], expected.Length > 1 ? expected[1] : string.Empty),
                (line, run.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture), output));
            bool isError = run.ExitCode != 0 && !parts[0].Contains("cas ", StringComparison.Ordinal)
                && run.ExitCode != 9;
            Assert.Equal((line, isError ? 1 : 0), (line, run.ErrorLines.Length));
        }
    }

    public static TheoryData<string, string[]> Types => new()
    {
        { "i8", ["-128", "127"] },
        { "u8", ["0", "255"] },
        { "i16", ["-32768", "32767"] },
        { "u16", ["65535"] },
        { "i32", ["-2147483648", "2147483647"] },
        { "u32", ["4294967295"] },
        { "i64", ["-9223372036854775808", "9223372036854775807"] },
        { "u64", ["18446744073709551615"] },
        { "f32", ["0.1", "-3.4028235E+38", "1E-45", "-0", "NaN", "Infinity"] },
        { "f64", ["0.1", "1.7976931348623157E+308", "5E-324", "-Infinity"] },
        { "bool", ["true", "false"] },
        { "bytes:1", ["ff"] },
        { "bytes:12", ["000102030405060708090a0b"] },
        { "bytes:1024", [string.Concat(Enumerable.Range(0, 1024).Select(i => (i % 256).ToString("x2", null)))] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Type_EveryOne_PrintsWhatItRead(string type, string[] values)
    {
        using var name = new TempSegment("type");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, $"queue create S q --capacity 8 --type {type}").ExitCode);

        Assert.Equal(0, Run(name, $"queue push S q {string.Join(' ', values)} --type {type}").ExitCode);
        var run = Run(name, $"queue pop S q --type {type} --count {values.Length}");

        Assert.Equal(values, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("i8", "128")]
    [InlineData("u8", "-1")]
    [InlineData("i32", "1.5")]
    [InlineData("f64", "1,5")]
    [InlineData("bool", "2")]
    [InlineData("bytes:2", "0g00")]
    [InlineData("bytes:2", "000")]
    [InlineData("bytes:0", "00")]
    [InlineData("bytes:1025", "00")]
    [InlineData("i128", "0")]
    public void Type_BadValue_Exit2AndNothingStored(string type, string value)
    {
        using var name = new TempSegment("bad");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        _ = Run(name, $"stack create S x --capacity 8 --type {type}");

        var run = Run(name, $"stack push S x {value} --type {type}");

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void AnyOperation_MissingOrOther_Exit3Exit4Exit7()
    {
        using var name = new TempSegment("codes");
        Assert.Equal(3, Run(name, "queue size S x").ExitCode);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        string[] kinds =
        [
            "array create S array", "queue create S queue", "stack create S stack", "map create S map", "set create S "
            + "set",
            "pool create S pool", "ring create S ring", "semaphore create S semaphore --count 1", "mutex create S "
            + "mutex",
            "rwlock create S rwlock", "monitor create S monitor", "barrier create S barrier --participants 2",
            "latch create S latch --count 1", "once create S once", "event create S event", "signal create S signal 1",
        ];
        Assert.All(kinds, line => Assert.Equal((line, 0), (line, Run(name, line).ExitCode)));
        Assert.All(kinds, line => Assert.Equal((line, 7), (line, Run(name, line).ExitCode)));
        string[] looks =
        [
            "array get S X --index 0", "queue size S X", "stack size S X", "map size S X", "set size S X",
                "pool stat S X",
            "ring stat S X", "semaphore get S X", "mutex unlock S X", "rwlock state S X", "monitor notify S X",
            "barrier state S X", "latch state S X", "once state S X", "event state S X", "signal get S X",
        ];
        foreach (string line in looks)
        {
            string other = line.StartsWith("queue", StringComparison.Ordinal) ? "stack" : "queue";
            Assert.Equal((line, 3), (line, Run(name, line.Replace("X", "missing", StringComparison.Ordinal)).ExitCode));
            Assert.Equal((line, 4), (line, Run(name, line.Replace("X", other, StringComparison.Ordinal)).ExitCode));
        }

        foreach (string kind in new[] { "queue", "stack", "set", "pool" })
        {
            string look = kind == "pool" ? "stat" : "size";
            Assert.Equal((kind, 4), (kind, Run(name, $"{kind} {look} S {kind} --type f64").ExitCode));
        }
    }

    [Fact]
    public void Json_WhereDataIsPrinted_IsOneDocument()
    {
        using var name = new TempSegment("json");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        _ = Run(name, "queue create S q --type f64");
        _ = Run(name, "queue push S q 1.5 NaN --type f64");
        _ = Run(name, "map create S m");
        _ = Run(name, "map put S m 1 2");
        _ = Run(name, "signal create S s 7");

        var values = Run(name, "queue pop S q --count 2 --json --type f64").Json.GetProperty("values");
        Assert.Equal(1.5, values[0].GetDouble());
        Assert.Equal("NaN", values[1].GetString());
        var entry = Run(name, "map dump S m --json").Json.GetProperty("entries")[0];
        Assert.Equal((1, 2), (entry.GetProperty("key").GetInt32(), entry.GetProperty("value").GetInt32()));
        var signal = Run(name, "signal get S s --json").Json;
        Assert.Equal((7, 0), (signal.GetProperty("value").GetInt32(), signal.GetProperty("version").GetInt32()));
        Assert.Equal(1, Run(name, "map size S m --json").Json.GetProperty("size").GetInt32());
        Assert.Equal("{\n  \"values\": []\n}", Run(name, "queue pop S q --json --type f64").Output.TrimEnd());
    }

    [Theory]
    [InlineData("queue")]
    [InlineData("queue bogus S x")]
    [InlineData("queue push S x")]
    [InlineData("queue size S x extra")]
    [InlineData("queue size S")]
    [InlineData("queue size S x --jsno")]
    [InlineData("queue pop S x --count 0")]
    [InlineData("array get S x")]
    [InlineData("semaphore create S x")]
    [InlineData("event create S x --mode sometimes")]
    [InlineData("signal create S x")]
    [InlineData("map put S x 1")]
    [InlineData("mutex with S x")]
    [InlineData("table register S x")]
    public void Operation_BadCommandLine_Exit2(string line)
    {
        using var name = new TempSegment("usage");

        var run = Run(name, line);

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    private static CommandRun Run(TempSegment segment, string words) => CommandRun.InProcess(
    [
        "zeroipc",
        .. words.Split(' ').Select(word =>
        word == "S" ? segment.Name : word.Replace("\\u0020", " ", StringComparison.Ordinal)),
    ]);
}
