using Plenum.Platform;

namespace Plenum.TestPeer;

/// <summary>A thread that keeps storing boundary and random values into random fields of a live buffer.</summary>
internal sealed class ZeroBufferStorm : IDisposable
{
    private static readonly ulong[] s_boundaries =
    [
        0, 1, 7, 8, 15, 16, 17, 63, 64, 100, 116, 128, 232, 1024, 1025, int.MaxValue, 1ul << 31, uint.MaxValue, 1ul << 32,
        1ul << 62, long.MaxValue, 1ul << 63, ulong.MaxValue - 15, ulong.MaxValue,
    ];

    private readonly Thread _thread;
    private volatile bool _calm;
    private long _stores;

    /// <param name="name">The buffer.</param>
    /// <param name="from">Offset of the first byte that may be changed.</param>
    /// <param name="to">Offset behind the last one.</param>
    /// <param name="seed">Of the random numbers.</param>
    public ZeroBufferStorm(string name, long from, long to, int seed)
    {
        _thread = new Thread(() => Run(name, from, to, new Random(seed))) { IsBackground = true, Name = "storm" };
        _thread.Start();
    }

    /// <summary>Ends the thread; how many values it stored.</summary>
    public long Calm()
    {
        _calm = true;
        _thread.Join();
        return _stores;
    }

    public void Dispose() => Calm();

    private void Run(string name, long from, long to, Random random)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(name));
        do
        {
            long offset = from + (8 * random.NextInt64((to - from) / 8));
            ulong value = random.Next(3) == 0 ? (ulong)random.NextInt64() : s_boundaries[random.Next(s_boundaries.Length)];
            SharedUInt64 field = segment.UInt64(offset);
            ulong before = field.ReadAcquire();
            field.WriteRelease(value);
            _stores++;

            // Half of the lies are taken back at once: the other end meets them only in passing.
            if (random.Next(2) == 0)
            {
                field.CompareExchange(before, value);
            }

            Thread.Yield();
        }
        while (!_calm);
    }
}
