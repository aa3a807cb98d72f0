using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A count of events without values, which can be closed (the C++ peer's <c>Stream&lt;void&gt;</c>, spec
/// zeroipc 2.10).</summary>
/// <remarks>Thread-safe. Only <see cref="Wait"/> waits.</remarks>
public sealed class SharedEventStream
{
    private const string Kind = "event stream";
    private const int SizeBytes = 16;
    private const int ClosedOffset = 8;

    private readonly SharedUInt64 _count;
    private readonly SharedByte _closed;
    private readonly WaitSite _site;

    private SharedEventStream(SharedMemory memory, in SharedEntry entry)
    {
        Memory = memory;
        Entry = entry;
        _count = memory.Segment.UInt64(entry.Offset);
        _closed = memory.Segment.Byte(entry.Offset + ClosedOffset);
        _site = memory.Waits().Site(entry.Offset);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory { get; }

    /// <summary>Events so far.</summary>
    public ulong Count => _count.ReadAcquire();

    /// <summary>Whether no more events come.</summary>
    public bool IsClosed => _closed.ReadAcquire() != 0;

    /// <summary>Creates one without events.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedEventStream Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new SharedEventStream(memory, memory.Allocate(new EntryRequest(name, SizeBytes))[0]);
    }

    /// <summary>Opens one that a C++ or C# program created.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry has another size.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedEventStream Open(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        SharedEntry entry = memory.OpenEntry(Kind, name, SizeBytes);
        return entry.SizeBytes == SizeBytes
            ? new SharedEventStream(memory, entry)
            : throw memory.WrongLayout(Kind, entry, $"{SizeBytes} bytes", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>Counts an event and wakes who waits for it.</summary>
    /// <returns>False when it is closed.</returns>
    public bool TryEmit()
    {
        bool open = !IsClosed;
        if (open)
        {
            _ = _count.Increment();
            _site.WakeAll();
        }

        GC.KeepAlive(this);
        return open;
    }

    /// <summary>Waits until there are more events than a known number, or no more will come.</summary>
    /// <param name="knownCount">The number known.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look
    /// once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Value when there are more, closed, or timed out.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    public NextOutcome Wait(ulong knownCount, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var more = new More(this, knownCount);
        long deadline = Deadlines.From(timeout);
        _ = more.IsMet() || (deadline != 0 && _site.Wait(ref more, null, deadline, cancellationToken));
        return Count > knownCount ? NextOutcome.Value : IsClosed ? NextOutcome.Closed : NextOutcome.TimedOut;
    }

    /// <summary>Closes it for all processes and wakes everybody who waits.</summary>
    public void Close()
    {
        _closed.WriteRelease(1);
        _site.FenceAndWakeAll();
        GC.KeepAlive(this);
    }

    private readonly struct More(SharedEventStream events, ulong known) : IWaitCondition
    {
        public bool IsMet() => events.Count > known || events.IsClosed;
    }
}
