namespace Plenum.Recording.Tests;

/// <summary>A disk that a test holds up: it lets the first writes through, then waits for permission.</summary>
internal sealed class SlowStream(int freeWrites) : MemoryStream
{
    private readonly ManualResetEventSlim _gate = new(false);
    private int _writes;

    internal void Open() => _gate.Set();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (++_writes > freeWrites)
        {
            Assert.True(_gate.Wait(TestSupport.Watchdog.Limit));
        }

        base.Write(buffer);
    }
}
