using System.Globalization;
using System.Text.Json;
using Plenum.Platform;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Lets two processes begin one operation at the same moment: they gather at a word of shared memory.</summary>
internal sealed class RaceBarrier : IDisposable
{
    private readonly TempSegment _name = new("barrier");
    private readonly SharedSegment _segment;
    private long _round;

    public RaceBarrier() => _segment = SharedSegment.Create(SegmentName.Parse(_name.Name), 4096);

    /// <summary>The name that the peers open.</summary>
    public string Name => _name.Name;

    /// <summary>Sends both their command, which ends in the barrier's name and the round, lets them go, and returns what they say.</summary>
    public (JsonElement First, JsonElement Second) Run(
        ZeroBufferPeer first, string firstCommand, ZeroBufferPeer second, string secondCommand)
    {
        _round++;
        string tail = " " + Name + " " + _round.ToString(CultureInfo.InvariantCulture);
        first.Process.WriteLine(firstCommand + tail);
        second.Process.WriteLine(secondCommand + tail);
        SharedUInt64 arrived = _segment.UInt64(0);
        ScenarioEnds.Until(() => arrived.ReadAcquire() == (ulong)(2 * _round));
        _segment.UInt64(8).WriteRelease((ulong)_round);
        return (first.Answer(), second.Answer());
    }

    /// <summary>Ends what runs until word 1 is set.</summary>
    public void Stop() => _segment.UInt64(8).WriteRelease(1);

    public void Dispose()
    {
        _segment.Dispose();
        _name.Dispose();
    }
}
