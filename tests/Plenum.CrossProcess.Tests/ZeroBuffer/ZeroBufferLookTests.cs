using System.Reflection;
using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Why a blocked end learns of the other one's end in time: it looks at least every 50 ms, one look is enough,
/// and a closing end of ours ends the sleep at once. No clock is read here.</summary>
public sealed class ZeroBufferLookTests
{
    private const int FrameBytes = 112;
    private const long LongestPeriodNanoseconds = 50_000_000;

    [Fact]
    public void Periods_OfEveryWaitInTheLibrary_AreAtMost50Milliseconds()
    {
        var periods = new List<string>();
        foreach (FieldInfo field in typeof(ZeroBufferReader).Assembly.GetTypes().SelectMany(type => type.GetFields(
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)))
        {
            long? period = field.Name switch
            {
                "SliceNanoseconds" or "RoomSliceNanoseconds" => Convert.ToInt64(field.GetValue(null), null),
                "SliceMilliseconds" => Convert.ToInt64(field.GetValue(null), null) * 1_000_000,
                "Slice" => ((TimeSpan)field.GetValue(null)!).Ticks * 100,
                _ => null,
            };
            if (period is { } found)
            {
                periods.Add($"{field.DeclaringType!.Name}.{field.Name}");
                Assert.InRange(found, 1, LongestPeriodNanoseconds);
            }
        }

        // A wait that is new needs a period with one of these names.
        Assert.Contains("FrameTokens.Slice", periods);
        Assert.Contains("FrameTokens.SliceNanoseconds", periods);
        Assert.Contains("SpaceWait.SliceNanoseconds", periods);
        Assert.Contains("InPlaceAnswerWait.SliceNanoseconds", periods);
        Assert.Contains("ClientLink.SliceNanoseconds", periods);
    }

    [Theory]
    [InlineData(PeerKind.Ours, true)]
    [InlineData(PeerKind.Ours, false)]
    [InlineData(PeerKind.Python, true)]
    [InlineData(PeerKind.Python, false)]
    [InlineData(PeerKind.Cpp, true)]
    [InlineData(PeerKind.Cpp, false)]
    public void Read_WriterEndsBeforeALook_ThatLookTellsIt(PeerKind kind, bool killed)
    {
        Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new TempSegment("lookr");
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench("--pause-at", "wait.look", "--say", "wait.look");
        reader.Send($"create {segment.Name} 64 1024", "created");
        using ZeroBufferPeer writer = ZeroBufferPeer.Writer(
            kind, segment.Name, "--frames", "1", "--sizes", "100", "--pattern", "sequence", "--stay");
        ScenarioEnds.Until(() => ZeroBufferImage.Of(segment.Name).DataTokens == 1);
        reader.Send("read", "frame");
        reader.Send("release", "released");
        reader.Process.WriteLine("read 30000");
        Assert.Equal("at wait.look", reader.Process.ReadLine());

        End(writer, killed);
        reader.Process.WriteLine("go");

        Assert.Equal(killed ? "writer-dead" : "writer-closed", CodeOfNextLine(reader));
    }

    [Theory]
    [InlineData(PeerKind.Ours, true)]
    [InlineData(PeerKind.Ours, false)]
    [InlineData(PeerKind.Python, true)]
    [InlineData(PeerKind.Python, false)]
    public void Write_ReaderEndsBeforeALook_ThatLookTellsIt(PeerKind kind, bool killed)
    {
        using var segment = new TempSegment("lookw");
        using ZeroBufferPeer reader = ZeroBufferPeer.Reader(
            kind, segment.Name, "--metadata-size", "64", "--payload-size", "1024", "--steps");
        using ZeroBufferPeer writer = ZeroBufferPeer.Workbench(
            "--pause-at", "wait.look", "--say", "wait.look", "--timeout-ms", "30000");
        writer.Send($"connect {segment.Name}", "connected");
        for (int i = 0; i < 1024 / (FrameBytes + 16); i++)
        {
            writer.Send($"write {FrameBytes}", "written");
        }

        writer.Process.WriteLine($"write {FrameBytes}");
        Assert.Equal("at wait.look", writer.Process.ReadLine());

        End(reader, killed);
        writer.Process.WriteLine("go");

        Assert.Equal("reader-dead", CodeOfNextLine(writer));
    }

    [Fact]
    public void Close_WriterOfOurs_EndsTheSleepOfAReader() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment("lookc");
        using var reader = ZeroBufferReader.Create(segment.Name, new() { PayloadSizeBytes = 1024 });
        using NamedSemaphore semaphore = NamedSemaphore.Open("sem-w-" + segment.Name);
        bool? token = null;
        var sleeper = new Thread(() =>
            token = semaphore.WaitOnce(Timeout.InfiniteTimeSpan, WaitStrategy.PowerSaving));
        sleeper.Start();
        using ZeroBufferPeer peer = ZeroBufferPeer.Workbench();

        // A wake reaches who is asleep; should the thread not be there yet, the next one does.
        do
        {
            peer.Send($"connect {segment.Name}", "connected");
            peer.Send("end-writer", "ended");
        }
        while (!sleeper.Join(TimeSpan.FromMilliseconds(1)));

        Assert.False(token);
        Assert.Equal(0, ZeroBufferImage.Of(segment.Name).DataTokens);
    });

    [Fact]
    public void Close_ReaderOfOurs_PostsOneTokenThatEndsTheSleepOfAWriter() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment("lookp");
        using ZeroBufferPeer peer = ZeroBufferPeer.Workbench();
        peer.Send($"create {segment.Name} 64 1024", "created");
        using NamedSemaphore semaphore = NamedSemaphore.Open("sem-r-" + segment.Name);

        peer.Send("end-reader", "ended");

        Assert.True(semaphore.Wait(Timeout.InfiniteTimeSpan));
        Assert.Equal(0, semaphore.Count);
    });

    private static void End(ZeroBufferPeer peer, bool killed)
    {
        if (killed)
        {
            peer.Kill();
        }
        else
        {
            peer.Process.WriteLine("close");
            _ = peer.Process.WaitForExit();
        }
    }

    // The very next line: a second look would have said so.
    private static string CodeOfNextLine(ZeroBufferPeer peer)
    {
        string line = peer.Process.ReadLine();
        Assert.StartsWith("{", line, StringComparison.Ordinal);
        return ZeroBufferPeer.Text(JsonDocument.Parse(line).RootElement, "code");
    }
}
