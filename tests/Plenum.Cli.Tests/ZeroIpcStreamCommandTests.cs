using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary><c>plenum zeroipc stream</c> and <c>broadcast</c>, as scripts: one command a line, then what it must
/// give.</summary>
/// <remarks>A line is <c>words => exit code [output]</c>; S is the segment, output lines are joined by
/// commas.</remarks>
public sealed class ZeroIpcStreamCommandTests
{
    public static TheoryData<string, string> Scripts => new()
    {
        {
            "stream", """
            stream create S x --capacity 4 => 0
            stream create S x --capacity 4 => 7
            stream emit S x 1 -2 3 => 0
            stream next S x => 0 1
            stream next S x --count 3 => 5 -2,3
            stream next S x --timeout 10ms => 5
            stream emit S x 1 2 3 4 5 => 5
            stream info S x => 0 capacity 4,size 4,emitted 7,taken 3,subscribers 0,closed false,transform ,pumped false
            stream subscribe S x --count 2 => 0 1,2
            stream subscribe S x --count 3 --timeout 10ms => 5 3,4
            stream close S x => 0
            stream emit S x 1 => 1
            stream next S x => 1
            stream subscribe S x => 0
            stream next S none => 3
            stream next S x --type f64 => 4
            """
        },
        {
            "operators", """
            stream create S c --type f64 => 0
            stream emit S c 0 100 -40 37.5 --type f64 => 0
            stream close S c --type f64 => 0
            stream map S c f x*1.8+32 --type f64 => 0
            stream info S f --type f64 =>
                0 capacity 1024,size 4,emitted 4,taken 0,subscribers 0,closed true,transform map,pumped false
            stream filter S f w x>=0&&x<212 --type f64 --capacity 8 => 0
            stream subscribe S w --type f64 => 0 32,99.5
            stream map S w v x --type f32 => 4
            stream map S w v x+ --type f64 => 2
            stream map S w v y --type f64 => 2
            """
        },
    };

    public static TheoryData<string, string> JoinScripts => new()
    {
        {
            "parts", """
            stream create S a => 0
            stream emit S a 1 2 3 4 5 6 7 => 0
            stream take S a first 2 => 0
            stream close S a => 0
            stream subscribe S first => 0 1,2
            stream skip S a rest 1 => 0
            stream window S rest sums 2 --by sum => 0
            stream subscribe S sums => 0 9,13
            stream create S y => 0
            stream emit S y 10 20 => 0
            stream close S y => 0
            stream create S z => 0
            stream emit S z 1 2 3 => 0
            stream close S z => 0
            stream zip S y z both x*y => 0
            stream subscribe S both => 0 10,40
            """
        },
        {
            "joins", """
            stream create S a => 0
            stream emit S a 1 2 => 0
            stream close S a => 0
            stream create S b => 0
            stream emit S b 10 20 => 0
            stream close S b => 0
            stream merge S a b m => 0
            stream fold S m a+x --initial 5 => 0 38
            stream merge S a b => 0
            stream zip S a b => 0
            """
        },
        {
            "broadcast", """
            broadcast create S x --capacity 4 => 0
            broadcast create S x => 7
            broadcast emit S x 1 2 3 4 5 6 => 0
            broadcast next S x => 5
            broadcast next S x --history 2 --count 2 => 0 5,6
            broadcast subscribe S x --history 9 --count 4 --policy drop-oldest => 0 3,4,5,6
            broadcast subscribe S x --history 1 --count 2 --timeout 10ms --policy evict:5s => 5 6
            broadcast subscribe S x --policy evict => 2
            broadcast info S x => 0 capacity 4,position 6,transform ,subscribers 0,lost 0,published false,closed false
            broadcast close S x => 0
            broadcast emit S x 7 => 1
            broadcast map S x d x*10 --history 2 => 0
            broadcast subscribe S d --history 9 => 0 50,60
            broadcast fold S d a+x --history 9 => 0 110
            broadcast next S none => 3
            """
        },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    [MemberData(nameof(JoinScripts))]
    public void Script_Run_GivesWhatItSays(string topic, string script)
    {
        using var name = new TempSegment(topic);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "1MiB").ExitCode);
        foreach (string line in script.Replace(" =>\n    ", " => ", StringComparison.Ordinal).Split('\n'))
        {
            string[] parts = line.Split(" => ");
            var run = Run(name, parts[0]);
            int space = parts[1].IndexOf(' ', StringComparison.Ordinal);
            string expected = space < 0 ? string.Empty : parts[1][(space + 1)..];
            string output = run.Output.TrimEnd('\n').Replace('\n', ',');
            Assert.Equal((line, parts[1].Split(' ')[0], expected), (line, $"{run.ExitCode}", output));
        }
    }

    [Fact]
    public void Follow_AsJson_IsOneObjectALine()
    {
        using var name = new TempSegment("follow");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "1MiB").ExitCode);
        _ = Run(name, "stream create S x --type f64");
        _ = Run(name, "stream emit S x 1.5 2 --type f64");
        _ = Run(name, "stream close S x --type f64");

        Assert.Equal("{\"value\":1.5}\n{\"value\":2}\n", Run(name, "stream subscribe S x --json --type f64").Output);
    }

    private static CommandRun Run(TempSegment segment, string words) =>
        CommandRun.InProcess(["zeroipc", .. words.Split(' ').Select(word => word == "S" ? segment.Name : word)]);
}
