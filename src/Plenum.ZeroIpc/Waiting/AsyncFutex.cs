using Plenum.Platform;

namespace Plenum.ZeroIpc;

internal static class AsyncFutex
{
    internal static ValueTask<WaitResult> WaitUntilAsync(
        SharedSegment segment, SharedUInt32 word, uint expected, long untilNanoseconds, CancellationToken cancellationToken) =>
        new(Task.Run(() => { WaitResult r = SharedFutex.WaitUntil(word, expected, untilNanoseconds, cancellationToken); GC.KeepAlive(segment); return r; }));
}
