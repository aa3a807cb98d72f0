using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>The operations of two processes at once, and with the Python implementation.</summary>
public sealed class ZeroIpcProcessTests
{
    [Theory]
    [InlineData("event create S x", "event wait S x", "event state S x", "waiting 1", "event signal S x", "")]
    [InlineData("queue create S x", "queue pop S x --count 2 --timeout 30s", "queue size S x", "0", "queue push S x 4 "
        + "5", "4,5")]
    [InlineData("barrier create S x --participants 2", "barrier wait S x", "barrier state S x", "arrived 1",
        "barrier wait S x", "")]
    [InlineData("signal create S x 1", "signal wait S x 0", "signal version S x", "0", "signal set S x 8", "8")]
    public void Wait_OtherProcessActs_Ends(string create, string wait, string look, string seen, string act,
        string output)
    {
        using var name = new TempSegment("two");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, create).ExitCode);
        using Process waiter = CommandRun.Start(Words(name, wait));
        Until(() => Run(name, look).Output.Split('\n').Contains(seen));

        Assert.Equal(0, Run(name, act).ExitCode);
        var run = CommandRun.Finish(waiter);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(output, string.Join(',', run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void MonitorWait_NotifiedByProcesses_Ends()
    {
        using var name = new TempSegment("monitor");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, "monitor create S x").ExitCode);
        using Process waiter = CommandRun.Start(Words(name, "monitor wait S x"));

        Until(() => Run(name, "monitor notify S x").ExitCode == 0 && waiter.HasExited);

        Assert.Equal(0, waiter.ExitCode);
        Assert.Equal(0, Run(name, "monitor lock S x --timeout 0").ExitCode);
    }

    [Fact]
    public void MutexWith_CommandRuns_IsHeldUntilItEnds()
    {
        using var name = new TempSegment("with");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, "mutex create S x").ExitCode);
        using Process holder = CommandRun.Start([.. Words(name, "mutex with S x --"), "sh", "-c", "echo held; read "
            + "line; exit 3"]);

        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.Equal(5, Run(name, "mutex try S x").ExitCode);
        var run = CommandRun.Finish(holder, "go\n"u8.ToArray());

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(0, Run(name, "mutex try S x").ExitCode);
    }

    [Theory]
    [InlineData("mutex with S x --", "mutex", "mutex try S x", "mutex unlock S x")]
    [InlineData("mutex with S x_mtx --", "monitor", "monitor lock S x", "monitor unlock S x")]
    [InlineData("mutex with S x_wmtx --", "rwlock", "rwlock write-lock S x", "rwlock write-unlock S x")]
    public void Lock_OwnerKilled_IsTakenAndTellsIt(string hold, string kind, string take, string give)
    {
        using var name = new TempSegment("dead");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, $"{kind} create S x").ExitCode);
        using (Process holder = CommandRun.Start([.. Words(name, hold), "sh", "-c", "echo held; read line"]))
        {
            Assert.Equal("held", holder.StandardOutput.ReadLine());
            holder.Kill();
            holder.WaitForExit();
        }

        var first = Run(name, take);
        Assert.Equal(0, first.ExitCode);
        Assert.Contains("died without unlocking", Assert.Single(first.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, Run(name, give).ExitCode);
        var second = Run(name, take);
        Assert.Equal(0, second.ExitCode);
        Assert.Empty(second.ErrorLines);
    }

    [Fact]
    public void BarrierState_WaiterKilled_DoesNotCountIt()
    {
        using var name = new TempSegment("dead");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, "barrier create S x --participants 2").ExitCode);
        using (Process waiter = CommandRun.Start(Words(name, "barrier wait S x")))
        {
            Until(() => Run(name, "barrier state S x").Output.Contains("arrived 1", StringComparison.Ordinal));
            waiter.Kill();
            waiter.WaitForExit();
        }

        // A look for the dead is shared by all and at most 50 ms old.
        Until(() => Run(name, "barrier state S x").Output.Contains("arrived 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Operations_SharedMemoryFullButForTheSegment_StillWork()
    {
        string command = Unshared.Command;
        var run = Unshared.Run(
            Unshared.Mounts,
            "mount -t tmpfs -o size=128k tmpfs /dev/shm || exit 99; "
            + $"{command} zeroipc create s --size 64KiB && {command} zeroipc queue create s q --capacity 4 "
            + $"&& {command} zeroipc mutex create s m && {command} zeroipc barrier create s b --participants 2 "
            + "&& head -c 1M /dev/zero > /dev/shm/rest; "
            + $"{command} zeroipc queue push s q 7 && {command} zeroipc mutex with s m -- echo held "
            + $"&& {{ {command} zeroipc barrier wait s b --timeout 60s & {command} zeroipc barrier wait s b "
            + $"--timeout 60s && wait $!; }} && {command} zeroipc queue pop s q --timeout 60s");

        Assert.Equal(["created s, 65536 bytes, 64 entries", "held", "7"], run.Output.TrimEnd().Split('\n'));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void SemaphoreAcquire_Interrupted_Exit130()
    {
        using var name = new TempSegment("interrupt");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        Assert.Equal(0, Run(name, "barrier create S x --participants 2").ExitCode);
        using Process waiter = CommandRun.Start(Words(name, "barrier wait S x"));
        Until(() => Run(name, "barrier state S x").Output.Contains("arrived 1", StringComparison.Ordinal));

        CommandRun.Interrupt(waiter);
        var run = CommandRun.Finish(waiter);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("arrived 0", Run(name, "barrier state S x").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Python_CreatesAndWrites_IsRead()
    {
        using var name = new TempSegment("python");
        using PeerProcess peer = PeerProcess.StartPython("zeroipc", "steps", "--segment", name.Name, "--create",
            "65536");
        peer.ExpectLine("ready");
        (string Step, string Words, string Expected)[] exchange =
        [
            ("queue-create --name q --type f64 --capacity 8", "queue capacity S q --type f64", "8"),
            ("queue-push --name q --type f64 --values 0.1,1e300", "queue pop S q --type f64 --count 2", "0.1,1E+300"),
            ("stack-create --name s --type bytes:12 --capacity 4", "stack size S s --type bytes:12", "0"),
            ("stack-push --name s --type bytes:12 --values 00112233445566778899aabb", "stack top S s --type bytes:12",
                "00112233445566778899aabb"),
            ("map-create --name m --key-type u8 --value-type i64", "map size S m --key-type u8 --value-type i64", "0"),
            ("map-put --name m --key-type u8 --value-type i64 --values 7=-9", "map dump S m --key-type u8 "
                + "--value-type i64", "7 -9"),
            ("semaphore-create --name p --count 3", "semaphore get S p", "3"),
            ("signal-create --name v --type i32 --values 4", "signal get S v", "4"),
        ];
        foreach ((string step, string words, string expected) in exchange)
        {
            peer.WriteLine(step);
            Assert.Contains("\"ok\":true", Compact(peer.ExpectLine("{")), StringComparison.Ordinal);
            var run = Run(name, words);
            Assert.Equal((words, 0, expected), (words, run.ExitCode, string.Join(',', Lines(run))));
        }

        peer.WriteLine("close");
        peer.ExpectLine("done");
    }

    [Fact]
    public void Python_ReadsWhatTheCommandWrote()
    {
        using var name = new TempSegment("python");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        using PeerProcess peer = PeerProcess.StartPython("zeroipc", "steps", "--segment", name.Name);
        peer.ExpectLine("ready");
        (string Words, string Step, string Expected)[] exchange =
        [
            ("queue create S q --capacity 8", "queue-state --name q", "\"capacity\":8"),
            ("queue push S q 1 -2", "queue-pop --name q --count 2", "\"values\":[1,-2]"),
            ("set create S s --capacity 8 --type u64", "set-contains --name s --type u64 --values 5", "[false]"),
            ("set add S s 5 --type u64", "set-contains --name s --type u64 --values 5", "[true]"),
            ("pool create S p --capacity 2", "pool-state --name p", "\"ok\":true"),
            ("pool allocate S p 42", "pool-get --name p --index 0", "\"value\":42"),
            ("latch create S l --count 3", "latch-down --name l --count 1", "\"left\":2"),
            ("ring create S r --capacity-bytes 64 --type u16", "ring-push --name r --type u16 --values 9",
            "\"pushed\":1"),
        ];
        foreach ((string words, string step, string expected) in exchange)
        {
            Assert.Equal((words, 0), (words, Run(name, words).ExitCode));
            peer.WriteLine(step);
            Assert.Contains(expected, Compact(peer.ExpectLine("{")), StringComparison.Ordinal);
        }

        Assert.Equal(["9"], Lines(Run(name, "ring read S r --type u16")));
        Assert.Equal(["count 2", "initial 3"], Lines(Run(name, "latch state S l")));
        peer.WriteLine("close");
        peer.ExpectLine("done");
    }

    private static string Compact(string json) => json.Replace(" ", string.Empty, StringComparison.Ordinal);

    private static string[] Lines(CommandRun run) => run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static CommandRun Run(TempSegment segment, string words) => CommandRun.InProcess(Words(segment, words));

    private static string[] Words(TempSegment segment, string words) =>
        ["zeroipc", .. words.Split(' ').Select(word => word == "S" ? segment.Name : word)];

    private static void Until(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "the condition did not come true");
        }
    }
}
