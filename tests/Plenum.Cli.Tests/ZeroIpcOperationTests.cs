using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>Every operation of <c>plenum zeroipc KIND OP</c>, as scripts: one command a line, then what it must
/// give.</summary>
/// <remarks>A line is <c>words => exit code [output]</c>; S is the segment, output lines are joined by
/// commas.</remarks>
public sealed class ZeroIpcOperationTests
{
    public static TheoryData<string, string> Scripts => new()
    {
        {
            "array", """
            array create S x --capacity 4 => 0
            array set --index 1 S x -5 => 0
            array get S x --index 1 => 0 -5
            array add S x --index 1 7 => 0 2
            array cas S x --index 1 2 9 => 0 2
            array cas S x --index 1 2 9 => 1 9
            array dump S x --range 1..3 => 0 9,0
            array dump S x --range 3..9 => 2
            array fill S x 6 => 0
            array dump S x => 0 6,6,6,6
            array get S x --index 4 => 2
            array create S f --capacity 2 --type f64 => 0
            array add S f --index 0 0.5 --type f64 => 0 0.5
            array add S f --index 0 -0.75 --type f64 => 0 -0.25
            array create S b --capacity 2 --type i8 => 0
            array add S b --index 0 1 --type i8 => 2
            """
        },
        {
            "queue", """
            queue create S x --capacity 4 => 0
            queue push S x 1 -2 3 => 0
            queue size S x => 0 3
            queue capacity S x => 0 4
            queue peek S x => 0 1
            queue pop S x --count 2 => 0 1,-2
            queue pop S x --count 2 => 5 3
            queue pop S x --timeout 10ms => 5
            queue peek S x => 5
            queue push S x 1 2 3 4 5 => 5
            queue push S x 5 --timeout 10ms => 5
            queue size S x => 0 4
            """
        },
        {
            "stack", """
            stack create S x --capacity 3 => 0
            stack push 1 2 S x => 3
            stack push S x 1 2 3 => 0
            stack push S x 4 => 5
            stack capacity S x => 0 3
            stack top S x => 0 3
            stack pop S x --count 2 => 0 3,2
            stack size S x => 0 1
            stack pop S x => 0 1
            stack pop S x => 5
            stack top S x => 5
            """
        },
        {
            "map", """
            map create S x --capacity 4 --key-type u8 --value-type f32 => 0
            map put S x 7 0.1 --key-type u8 --value-type f32 => 0
            map put S x 8 1e20 --key-type u8 --type f32 => 0
            map get S x 7 --key-type u8 --value-type f32 => 0 0.1
            map get S x 9 --key-type u8 --value-type f32 => 3
            map size S x --key-type u8 --value-type f32 => 0 2
            map remove S x 7 --key-type u8 --value-type f32 => 0
            map remove S x 7 --key-type u8 --value-type f32 => 3
            map dump S x --key-type u8 --value-type f32 => 0 8 1E+20
            map create S n --capacity 1 => 0
            map put S n 1 1 => 0
            map put S n 2 1 => 5
            """
        },
        {
            "set", """
            set create S x --capacity 2 => 0
            set add S x 5 => 0 added
            set add S x 5 => 0 already
            set contains S x 5 => 0 true
            set contains S x 6 => 0 false
            set add S x 6 => 0 added
            set add S x 7 => 5
            set size S x => 0 2
            set remove S x 5 => 0
            set remove S x 5 => 3
            set dump S x => 0 6
            """
        },
        {
            "pool", """
            pool create S x --capacity 2 --type u16 => 0
            pool allocate S x 500 --type u16 => 0 0
            pool allocate S x 600 --type u16 => 0 1
            pool allocate S x 700 --type u16 => 5
            pool get S x 1 --type u16 => 0 600
            pool get S x 2 --type u16 => 2
            pool free S x 0 --type u16 => 0
            pool free S x 0 --type u16 => 1
            pool stat S x --type u16 => 0 capacity 2,allocated 1,free 1
            """
        },
        {
            "ring", """
            ring create S x --capacity-bytes 16 --type i64 => 0
            ring write S x 1 2 --type i64 => 0
            ring write S x 3 --type i64 => 5
            ring read S x --type i64 => 0 1
            ring stat S x --type i64 => 0 capacityBytes 16,capacity 2,size 1,totalWritten 2,totalRead 1
            ring read S x --count 2 --type i64 => 5 2
            ring create S y --capacity 3 => 0
            ring write S y 1 2 3 => 0
            """
        },
        {
            "table", """
            table find S x => 3
            table register S x --size 100 => 0 offset 3104,sizeBytes 100
            table register S x --size 100 => 7
            table find S x => 0 offset 3104,sizeBytes 100
            """
        },
        {
            "semaphore", """
            semaphore create S x --count 1 --max 2 => 0
            semaphore acquire S x => 0
            semaphore acquire S x --timeout 0 => 5
            semaphore acquire S x --timeout 10ms => 5
            semaphore try S x => 5
            semaphore release S x 2 => 0
            semaphore release S x => 1
            semaphore get S x => 0 2
            semaphore try S x => 0
            """
        },
        {
            "mutex", """
            mutex create S x => 0
            mutex lock S x => 0
            mutex try S x => 5
            mutex lock S x --timeout 0 => 5
            mutex with S x --timeout 0 -- true => 5
            mutex unlock S x => 0
            mutex unlock S x => 1
            mutex try S x => 0
            mutex unlock S x => 0
            mutex with S x -- sh -c exit\u00209 => 9
            mutex with S x -- /no/such/program => 8
            mutex try S x => 0
            """
        },
        {
            "rwlock", """
            rwlock create S x => 0
            rwlock read-lock S x => 0
            rwlock read-lock S x => 0
            rwlock write-lock S x --timeout 0 => 5
            rwlock state S x => 0 readers 2,writer false
            rwlock read-unlock S x => 0
            rwlock read-unlock S x => 0
            rwlock read-unlock S x => 1
            rwlock write-lock S x => 0
            rwlock read-lock S x --timeout 0 => 5
            rwlock state S x => 0 readers 0,writer true
            rwlock write-unlock S x => 0
            rwlock write-unlock S x => 1
            """
        },
        {
            "monitor", """
            monitor create S x => 0
            monitor lock S x => 0
            monitor lock S x --timeout 0 => 5
            monitor wait S x --timeout 10ms => 5
            monitor unlock S x => 0
            monitor unlock S x => 1
            monitor notify S x => 0
            monitor notify-all S x => 0
            monitor wait S x --timeout 10ms => 5
            """
        },
        {
            "barrier", """
            barrier create S x --participants 2 => 0
            barrier wait S x --timeout 10ms => 5
            barrier state S x => 0 participants 2,arrived 0,generation 0
            barrier create S one --participants 1 => 0
            barrier wait S one => 0
            barrier state S one => 0 participants 1,arrived 0,generation 1
            barrier create S two => 2
            """
        },
        {
            "latch", """
            latch create S x --count 4 => 0
            latch down S x => 0
            latch wait S x --timeout 0 => 5
            latch state S x => 0 count 3,initial 4
            latch down S x 3 => 0
            latch wait S x => 0
            latch down S x 0 => 2
            """
        },
        {
            "once", """
            once create S x => 0
            once state S x => 0 pending
            once call S x => 0 executed
            once call S x => 0 already
            once state S x => 0 done
            """
        },
        {
            "event", """
            event create S x => 0
            event wait S x --timeout 0 => 5
            event signal S x => 0
            event state S x => 0 mode auto,signaled true,waiting 0
            event wait S x => 0
            event wait S x --timeout 10ms => 5
            event create S m --mode manual => 0
            event signal S m => 0
            event wait S m => 0
            event wait S m => 0
            event reset S m => 0
            event pulse S m => 0
            event state S m => 0 mode manual,signaled false,waiting 0
            """
        },
        {
            "signal", """
            signal create S x 5 --type i16 => 0
            signal get S x --type i16 => 0 5
            signal version S x --type i16 => 0 0
            signal wait S x 0 --timeout 10ms --type i16 => 5
            signal set S x -6 --type i16 => 0
            signal version S x --type i16 => 0 1
            signal wait S x 0 --type i16 => 0 -6
            """
        },
        {
            "future", """
            future create S x --type f64 => 0
            future create S x --type f64 => 7
            future state S x --type f64 => 0 state pending,waiting 0
            future get S x --type f64 => 5
            future get S x --type f64 --timeout 10ms => 5
            future set S x -2.5 --type f64 => 0
            future set S x 3 --type f64 => 1
            future get S x --type f64 => 0 -2.5
            future state S x --type f64 => 0 state ready,waiting 0,value -2.5
            future create S y => 0
            future fail S y broken => 0
            future get S y => 1
            future state S y => 0 state failed,waiting 0,error broken
            future get S none => 3
            future get S x --type bytes:12 => 4
            """
        },
        {
            "lazy", """
            lazy const S x 7.5 --type f64 => 0
            lazy const S x 1 --type f64 => 7
            lazy add S sum 7.5 -2 --type f64 => 0
            lazy peek S sum --type f64 => 5
            lazy state S sum --type f64 => 0 state pending,operation add,computed 0
            lazy force S sum --type f64 => 0 5.5
            lazy peek S sum --type f64 => 0 5.5
            lazy multiply S area x sum --type f64 => 0
            lazy negate S minus area --type f64 => 0
            lazy force S minus --type f64 => 0 -41.25
            lazy state S minus --type f64 => 0 state ready,operation chain,computed 1,value -41.25
            lazy reset S minus --type f64 => 0
            lazy reset S minus --type f64 => 1
            lazy negate S three -3 => 0
            lazy force S three => 0 3
            lazy add S bad x nowhere --type f64 => 3
            lazy force S none => 3
            """
        },
        {
            "channel", """
            channel create S x --capacity 3 => 0
            channel create S x => 7
            channel create S y => 0
            channel send S x 1 2 3 4 => 0
            channel send S x 5 => 5
            channel receive S x --count 2 => 0 1,2
            channel send S y 9 => 5
            channel send S y 9 --timeout 10ms => 5
            channel receive S y --timeout 10ms => 5
            channel select S y x => 0 channel x,value 3
            channel select S x y --timeout 0 => 0 channel x,value 4
            channel select S x y --timeout 10ms => 5
            channel close S x => 0
            channel close S x => 1
            channel send S x 6 => 1
            channel receive S x => 1
            channel close S y => 0
            channel select S x y => 1
            channel receive S none => 3
            channel receive S x --type f64 => 4
            """
        },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Operations_OfAKind_GiveResultsAndExitCodes(string kind, string script)
    {
        using var name = new TempSegment(kind);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);

        foreach (string line in script.Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
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
