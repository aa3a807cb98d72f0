using System.Globalization;
using Plenum.Platform;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>What a victim of random kills has completed, in memory that survives it; and the victims, each started
/// ahead.</summary>
internal sealed class KillLedger : IDisposable
{
    private readonly TempSegment _name = new("ledger");
    private readonly SharedSegment _segment;
    private readonly Func<int, string[]> _arguments;
    private PeerProcess? _next;
    private int _started;

    public KillLedger(Func<int, string[]> arguments)
    {
        _arguments = arguments;
        _segment = SharedSegment.Create(SegmentName.Parse(_name.Name), 4096);
        _next = Start();
    }

    /// <summary>Operations the victim completed.</summary>
    public ulong Done => _segment.UInt64(0).ReadAcquire();

    /// <summary>Frames the victim found wrong.</summary>
    public ulong Faults => _segment.UInt64(8).ReadAcquire();

    /// <summary>Whole lives the victims completed.</summary>
    public ulong Lives => _segment.UInt64(16).ReadAcquire();

    /// <summary>Lets the next victim go, and starts the one after it while this one works.</summary>
    public PeerProcess Release(bool last)
    {
        PeerProcess victim = _next!;
        _next = null;
        victim.ExpectLine("ready");
        _segment.UInt64(0).WriteRelease(0);
        victim.WriteLine("go");
        _next = last ? null : Start();
        return victim;
    }

    public void Dispose()
    {
        _next?.Dispose();
        _segment.Dispose();
        _name.Dispose();
    }

    private PeerProcess Start()
    {
        string[] own = _arguments(++_started);
        return PeerProcess.StartPeer([.. own, "--ledger", _name.Name, "--seed",
            _started.ToString(CultureInfo.InvariantCulture)]);
    }
}
