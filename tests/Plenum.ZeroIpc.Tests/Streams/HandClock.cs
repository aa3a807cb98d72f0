namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>A clock that a test moves, in seconds.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => _now;

    internal void At(int second) => _now = second;
}
