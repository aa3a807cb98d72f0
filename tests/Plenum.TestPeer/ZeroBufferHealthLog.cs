using System.Collections.Concurrent;
using Plenum.ZeroBuffer;

namespace Plenum.TestPeer;

/// <summary>The changes of health that the ends of this process reported, in order.</summary>
internal sealed class ZeroBufferHealthLog
{
    private readonly ConcurrentQueue<string> _changes = new();

    public void Add(object? sender, BufferHealthChange change)
    {
        string end = sender is ZeroBufferReader ? "reader" : "writer";
        _changes.Enqueue($"{end} {change.Previous}>{change.Current}");
    }

    public string Text() => string.Join(", ", _changes);
}
