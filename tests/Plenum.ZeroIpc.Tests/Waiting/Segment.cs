using System.Diagnostics;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>A ZeroIPC segment of one test, opened as often as the test likes; removed with its wait table.</summary>
internal sealed class Segment : IDisposable
{
    private readonly TempSegment _name = new("zs");
    private readonly List<SharedMemory> _open = [];

    internal Segment(int sizeBytes = 65_536, bool ours = false, int entries = 64)
    {
        Ours = ours;
        First = Track(SharedMemory.Create(_name.Name, sizeBytes, new SharedMemoryOptions { MaxEntries = entries }));
        Info = First.Segment.OpenedInfo;
    }

    internal Segment(byte[] image)
    {
        File.WriteAllBytes(_name.FilePath, image);
        First = Track(SharedMemory.Open(_name.Name));
        Info = First.Segment.OpenedInfo;
    }

    internal string Name => _name.Name;

    internal bool Ours { get; }

    internal SharedMemory First { get; }

    internal SegmentInfo Info { get; }

    internal string TablePath => TempSegment.PathOf(WaitTableFile.NameFor(Info).Value);

    /// <summary>Opens it again, as another process would.</summary>
    internal SharedMemory OpenAgain() => Track(SharedMemory.Open(_name.Name));

    internal byte[] Bytes() => File.ReadAllBytes(_name.FilePath);

    public void Dispose()
    {
        foreach (SharedMemory memory in _open)
        {
            memory.Dispose();
        }

        _ = SharedMemory.Remove(_name.Name);
        File.Delete(TablePath);
        _name.Dispose();
    }

    /// <summary>Yields until the condition holds; a hang becomes a failure.</summary>
    internal static void Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "never came: " + what);
            Thread.Yield();
        }
    }

    /// <summary>Runs a body on a thread of its own; its exception surfaces in <see cref="Join"/>.</summary>
    internal static Task Background(Action body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static void Join(params Task[] tasks) =>
        Assert.True(Task.WaitAll(tasks, TimeSpan.FromSeconds(60)), "a background thread did not end");

    /// <summary>The same for long campaigns.</summary>
    internal static void JoinCampaign(params Task[] tasks) => Assert.True(
        Task.WaitAll(tasks, TimeSpan.FromMinutes(Campaign.IsFull ? 30 : 1)), "a background thread did not end");

    private SharedMemory Track(SharedMemory memory)
    {
        if (Ours)
        {
            memory.HasForeignPeers = false;
        }

        _open.Add(memory);
        return memory;
    }
}
