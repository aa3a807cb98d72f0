using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Values handed from any number of senders to any number of receivers, in any processes, until it is closed
/// (spec zeroipc 2.11; the peers' Channel): through a buffer, or from hand to hand.</summary>
/// <typeparam name="T">The value type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>Thread-safe. Each value reaches exactly one receiver. With a capacity of 0 a send ends when a receiver has the
/// value (rendezvous). A send that is refused, cancelled or out of time delivers nothing.</para>
/// <para>After <see cref="Close"/> nothing can be sent; what was sent can still be received, then receivers are
/// told.</para>
/// <para>A process of ours that dies in the middle of an operation is noticed by whoever waits: its place is freed, its
/// value is lost or delivered once. Peers' deaths are not visible.</para>
/// <example>
/// <code>
/// var jobs = SharedChannel&lt;int&gt;.CreateOrOpen(memory, "jobs", capacity: 64);
/// await jobs.SendAsync(42);
/// jobs.Close();
/// await foreach (int job in jobs.ReadAllAsync())
/// {
///     Console.WriteLine(job);
/// }
/// </code>
/// </example>
/// </remarks>
public sealed partial class SharedChannel<T> : ISelectable<T>
    where T : unmanaged
{
    private readonly SharedMemory _memory;
    private readonly ChannelCore<T> _core;
    private readonly BufferedChannel<T>? _buffered;

    private SharedChannel(SharedMemory memory, string name)
    {
        _core = ChannelEntries.Open<T>(memory, name, out CodataLayout layout, out int capacity);
        _buffered = _core as BufferedChannel<T>;
        _memory = memory;
        Name = name;
        Layout = layout;
        Capacity = capacity;
    }

    /// <summary>The channel's name.</summary>
    public string Name { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Which peers it is laid out for.</summary>
    public CodataLayout Layout { get; }

    /// <summary>Number of values that can be sent and not yet received; 0 = rendezvous.</summary>
    public int Capacity { get; }

    /// <summary>Number of values sent and not received, a value on offer included.</summary>
    public int Count => _core.Count;

    /// <summary>Whether it is closed: nothing can be sent any more.</summary>
    public bool IsClosed => _core.IsClosed;

    /// <summary>Senders that sleep on a rendezvous channel, as the format counts them; 0 for a buffered one.</summary>
    public int WaitingSenders => _core is RendezvousChannel<T> channel ? channel.WaitingSenders : 0;

    /// <summary>Receivers that sleep on a rendezvous channel, as the format counts them; 0 for a buffered
    /// one.</summary>
    public int WaitingReceivers => _core is RendezvousChannel<T> channel ? channel.WaitingReceivers : 0;

    internal ChannelCore<T> Core => _core;

    /// <inheritdoc/>
    WaitSite ISelectable<T>.Site => _core.Items;

    /// <summary>Creates an open channel.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The channel's name, at most 24 bytes of UTF-8 (companions append up to seven).</param>
    /// <param name="capacity">Number of values it buffers, rounded up to a power of two, at least 2; 0 for a
    /// rendezvous.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative or above 1,073,741,824.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedChannel<T> Create(
        SharedMemory memory, string name, int capacity, CodataLayout layout = CodataLayout.Native)
    {
        ChannelEntries.Create<T>(memory, name, capacity, layout);
        return Open(memory, name);
    }

    /// <summary>Opens a channel, whichever language created it; the layout is found by the names of its
    /// entries.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The channel's name.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such channel.</exception>
    /// <exception cref="SegmentFormatException">The entries are not a channel, or of another value size.</exception>
    public static SharedChannel<T> Open(SharedMemory memory, string name) => new(memory, name);

    /// <summary>Opens a channel if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The channel's name.</param>
    /// <param name="channel">The channel.</param>
    /// <returns>False when there is no such channel.</returns>
    /// <exception cref="SegmentFormatException">The entries are not a channel, or of another value size.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedChannel<T>? channel)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        channel = ChannelEntries.Exists(memory, name) ? Open(memory, name) : null;
        return channel is not null;
    }

    /// <summary>Opens a channel, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The channel's name.</param>
    /// <param name="capacity">Number of values it buffers if it is created; an existing one keeps its own.</param>
    /// <param name="layout">Which peers it is laid out for, if it is created.</param>
    /// <exception cref="SegmentFormatException">The entries are not a channel, or of another value size.</exception>
    public static SharedChannel<T> CreateOrOpen(
        SharedMemory memory, string name, int capacity, CodataLayout layout = CodataLayout.Native)
    {
        while (true)
        {
            if (TryOpen(memory, name, out SharedChannel<T>? channel))
            {
                return channel;
            }

            try
            {
                return Create(memory, name, capacity, layout);
            }
            catch (EntryExistsException) when (ChannelEntries.Exists(memory, name))
            {
                // Another process was first.
            }
        }
    }

    /// <summary>Closes it: nothing can be sent any more, and everybody who waits wakes up.</summary>
    /// <returns>False when it was closed before.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Close()
    {
        _core.ThrowIfDisposed();
        bool first = _core.Close();
        GC.KeepAlive(_memory);
        return first;
    }

    /// <summary>The alternative "a value was received" of a <see cref="SharedSelect"/>. It has no value when the
    /// channel is closed and drained.</summary>
    public SelectCase<T> Receiving() => new(this);

    /// <summary>The alternative "this value was sent" of a <see cref="SharedSelect"/>. It has no value when the channel
    /// is closed.</summary>
    /// <param name="value">The value to send.</param>
    /// <remarks>On a rendezvous channel it can take place while a receiver sleeps.</remarks>
    public SelectCase<T> Sending(T value) => new(new SendingCase<T>(_core, value));

    /// <summary>The receiving side as .NET knows it.</summary>
    public ChannelReader<T> AsChannelReader() => new SharedChannelReader<T>(this);

    /// <summary>The sending side as .NET knows it; completing the writer closes the channel.</summary>
    public ChannelWriter<T> AsChannelWriter() => new SharedChannelWriter<T>(this);

    /// <inheritdoc/>
    SelectState ISelectable<T>.TryComplete(out T value) => _core.TryReceive(out value);

    /// <inheritdoc/>
    OwnerRecord? ISelectable<T>.Arm() => _core.ArmReceiver();

    /// <inheritdoc/>
    void ISelectable<T>.Disarm(OwnerRecord? armed) => _core.DisarmReceiver(armed);

    /// <inheritdoc/>
    void IWaitWatch.Look() => _core.Look();
}
