using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Values over time that every subscriber sees: one publisher at a time, any number of subscribers. A kind of
/// this library's own in the same table; peers of other languages do not know it.</summary>
/// <typeparam name="T">The element type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>A ring of values and two words that say which of them are there. Late joiners choose how much history they
/// begin with; each subscriber chooses what happens when it falls behind (<see cref="SubscriberPolicy"/>). A subscriber
/// that dies stops gating; a publisher that dies can be succeeded by another.</para>
/// <para>Thread-safe; a <see cref="BroadcastPublisher{T}"/> and a <see cref="BroadcastSubscription{T}"/> belong to one
/// thread at a time. Nothing here waits.</para>
/// <example>
/// <code>
/// var prices = SharedBroadcast&lt;double&gt;.CreateOrOpen(memory, "prices");
/// using BroadcastPublisher&lt;double&gt; publisher = prices.OpenPublisher();
/// publisher.Emit(101.25);
///
/// using BroadcastSubscription&lt;double&gt; mine = prices.Subscribe(new SubscriptionOptions { History = 10 });
/// if (mine.Next(out double price, TimeSpan.FromSeconds(1)) == NextOutcome.Value) { Show(price); }
/// </code>
/// </example>
/// </remarks>
public sealed class SharedBroadcast<T>
    where T : unmanaged
{
    private SharedBroadcast(BroadcastCore core)
    {
        Core = core;
        Slots = new BroadcastSlots<T>(core);
    }

    /// <summary>Its entry in the table.</summary>
    public SharedEntry Entry => Core.Entry;

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => Core.Memory;

    /// <summary>The transform that made it; empty for an original broadcast.</summary>
    public string TransformedBy => Core.TransformedBy;

    /// <summary>How many of the latest values are kept.</summary>
    public int Capacity => (int)Core.Capacity;

    /// <summary>Values ever published.</summary>
    public ulong Position => Slots.End;

    /// <summary>Whether it was closed: no more values come.</summary>
    public bool IsClosed => Core.IsClosed;

    /// <summary>Whether a living process is its publisher now.</summary>
    public bool HasPublisher => StreamRoles.IsTaken(Core.Segment, Core.PublisherRole);

    /// <summary>The subscribers now, without those whose process died.</summary>
    public IReadOnlyList<SubscriberInfo> Subscribers
    {
        get
        {
            var found = new List<SubscriberInfo>();
            foreach (SubscriberLine line in Core.Lines)
            {
                uint state = line.State.ReadAcquire();
                if (state != BroadcastSubscriber.Free && !line.IsDead(Core.Segment))
                {
                    found.Add(new SubscriberInfo(
                        line.Process,
                        (SubscriberPolicy)line.Policy.ReadAcquire(),
                        line.Cursor.ReadAcquire(),
                        line.Lost.ReadAcquire(),
                        state == BroadcastSubscriber.Evicted));
                }
            }

            GC.KeepAlive(this);
            return found;
        }
    }

    internal BroadcastCore Core { get; }

    internal BroadcastSlots<T> Slots { get; }

    /// <summary>Creates an empty broadcast.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name, at most 31 bytes in UTF-8.</param>
    /// <param name="options">Capacity and subscribers; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <inheritdoc cref="NameTable.Register" path="/exception"/>
    public static SharedBroadcast<T> Create(SharedMemory memory, string name, BroadcastOptions? options = null) =>
        Create(memory, name, options, string.Empty);

    /// <summary>Opens a broadcast.</summary>
    /// <param name="memory">The segment, mapped read-write.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="NotSupportedException">The element type cannot be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is no broadcast of this element size.</exception>
    /// <exception cref="SegmentCorruptedException">The entry lies outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public static SharedBroadcast<T> Open(SharedMemory memory, string name) => new(BroadcastCore.Open<T>(memory, name));

    /// <summary>Opens a broadcast, or creates it if there is none; of several processes at once, one creates.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">Capacity and subscribers if it is created; an existing one keeps its own.</param>
    /// <inheritdoc cref="Create(SharedMemory, string, BroadcastOptions?)" path="/exception"/>
    /// <exception cref="SegmentFormatException">The entry is no broadcast of this element size.</exception>
    public static SharedBroadcast<T> CreateOrOpen(SharedMemory memory, string name, BroadcastOptions? options = null) =>
        CreateOrOpen(memory, name, options, string.Empty);

    /// <summary>Becomes the publisher, until the returned object is disposed or the process ends.</summary>
    /// <exception cref="SegmentBusyException">Another living process or object is the publisher.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public BroadcastPublisher<T> OpenPublisher() => BroadcastPublisher<T>.Take(this);

    /// <summary>Subscribes: from now on every value, and as much history as was asked for and is there.</summary>
    /// <param name="options">Policy and history; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="SegmentBusyException">All places of subscribers are taken.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public BroadcastSubscription<T> Subscribe(SubscriptionOptions? options = null) =>
        BroadcastSubscription<T>.Join(this, options ?? SubscriptionOptions.Default);

    /// <summary>Copies the latest values without subscribing.</summary>
    /// <param name="values">Receives the values, oldest first.</param>
    /// <returns>How many were copied; values overwritten meanwhile are left out.</returns>
    public int Peek(Span<T> values)
    {
        ulong end = Position;
        int count = (int)Math.Min(Math.Min(end, Core.Capacity), (ulong)values.Length);
        Slots.Copy(end - (ulong)count, values[..count]);
        ulong oldest = Slots.Oldest();
        ulong start = end - (ulong)count;
        int gone = (int)Math.Min(oldest - Math.Min(oldest, start), (ulong)count);
        values[gone..count].CopyTo(values);
        GC.KeepAlive(this);
        return count - gone;
    }

    /// <summary>Closes it for everybody. What the publisher of another process publishes at this moment may or may not
    /// be seen; a publisher closes exactly with <see cref="BroadcastPublisher{T}.Close"/>.</summary>
    public void Close() => Core.Close();

    internal static SharedBroadcast<T> Create(SharedMemory memory, string name, BroadcastOptions? options,
        string transform)
    {
        BroadcastCore.Create<T>(memory, name, options ?? BroadcastOptions.Default, transform);
        return Open(memory, name);
    }

    internal static SharedBroadcast<T> CreateOrOpen(
        SharedMemory memory, string name, BroadcastOptions? options, string transform) =>
        StructureSize.OpenOrCreate(
            memory, name, () => Open(memory, name), () => Create(memory, name, options, transform));
}
