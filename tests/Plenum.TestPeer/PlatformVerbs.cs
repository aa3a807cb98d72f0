using Plenum.Platform;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Verbs of the operating-system layer.</summary>
internal static class PlatformVerbs
{
    /// <summary>--segment: waits for 'go', creates it; says 'created' or 'exists', then waits for 'exit'.</summary>
    [Verb("platform-race-create")]
    public static int RaceCreate(PeerArguments arguments)
    {
        SegmentName name = SegmentName.Parse(arguments.Text("segment"));
        Line("ready");
        _ = Next();
        try
        {
            using SharedSegment segment = SharedSegment.Create(name, 4096);
            Line("created");
            _ = Next();
        }
        catch (SegmentExistsException)
        {
            Line("exists");
            _ = Next();
        }

        return 0;
    }

    /// <summary>--segment --offset [--length]: takes the role's lock; says 'locked' or 'busy', holds it until a
    /// line.</summary>
    [Verb("platform-role")]
    public static int Role(PeerArguments arguments)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(arguments.Text("segment")));
        Line(segment.TryLockRole(arguments.Number("offset"), arguments.Number("length", 1)) ? "locked" : "busy");
        _ = Next();
        return 0;
    }

    /// <summary>--name: creates the semaphore with 3 tokens; says 'created' or 'exists', then waits for a
    /// line.</summary>
    [Verb("platform-semaphore")]
    public static int MakeSemaphore(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        try
        {
            using NamedSemaphore semaphore = NamedSemaphore.Create(arguments.Text("name"), 3);
            Line("created");
            _ = Next();
        }
        catch (SegmentExistsException)
        {
            Line("exists");
        }

        return 0;
    }

    /// <summary>--path: takes the file lock; says 'locked' or 'busy', holds it until a line.</summary>
    [Verb("platform-file-lock")]
    public static int TakeFileLock(PeerArguments arguments)
    {
        bool taken = FileLock.TryAcquire(arguments.Text("path"), out FileLock? held);
        Line(taken ? "locked" : "busy");
        _ = Next();
        held?.Dispose();
        return 0;
    }

    /// <summary>says its process id and start ticks, then waits for a line.</summary>
    [Verb("platform-identity")]
    public static int Identity(PeerArguments arguments)
    {
        _ = arguments;
        Line($"identity {ProcessIdentity.Current.ProcessId} {ProcessIdentity.Current.StartTicks}");
        _ = Next();
        return 0;
    }

    /// <summary>--pid [--start]: says how this process sees that one.</summary>
    [Verb("platform-check")]
    public static int Check(PeerArguments arguments)
    {
        Line($"liveness {ProcessIdentity.Check(arguments.Number("pid"), (ulong)arguments.Number("start", 0))}");
        return 0;
    }

    /// <summary>Says the boot's identity.</summary>
    [Verb("platform-boot")]
    public static int Boot(PeerArguments arguments)
    {
        _ = arguments;
        Line($"boot {BootIdentity.Current}");
        return 0;
    }

    /// <summary>--segment --rounds: says 'ready', answers every change of the word at 0 in the word at 128, says
    /// 'done'.</summary>
    [Verb("platform-futex-echo")]
    public static int FutexEcho(PeerArguments arguments)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(arguments.Text("segment")));
        SharedUInt32 ask = segment.UInt32(0), answer = segment.UInt32(128);
        Line("ready");
        for (uint i = 1; i <= arguments.Number("rounds"); i++)
        {
            while (ask.ReadAcquire() != i)
            {
                SharedFutex.Wait(ask, i - 1, Timeout.InfiniteTimeSpan);
            }

            answer.WriteRelease(i);
            SharedFutex.Wake(answer);
        }

        Line("done");
        return 0;
    }
}
