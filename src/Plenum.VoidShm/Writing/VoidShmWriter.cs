using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Writing;

namespace Plenum.VoidShm;

/// <summary>Publishes a matrix of float32 values under a name; any number of readers take snapshots of it.</summary>
/// <remarks>
/// <para>Thread-safe: operations of several threads follow one another. One live writer owns a name; a second one is
/// refused, a dead
/// one's segment is taken over with a larger epoch. Each change of name, shape or connection makes a new segment with
/// the next epoch and a
/// cleared payload; each write adds 1 to the frame (spec voidshm 2.3).</para>
/// <para>Writing does not allocate and makes no system call unless a reader sleeps. The layout is the profile's
/// (<see cref="VoidWriterOptions.Profile"/>): the original's bytes are not published.</para>
/// <example><code>
/// using VoidShmWriter writer = VoidShmWriter.Connect("levels", channels: 2, length: 4);
/// writer.Write([0f, 1f, 2f, 3f, 10f, 11f, 12f, 13f]);
/// writer.Set(1, [20f]);
/// </code></example>
/// </remarks>
public sealed class VoidShmWriter : IDisposable
{
    private readonly VoidLayout _layout;
    private OperationGate _gate;
    private WriterSession? _session;
    private SegmentName _name;
    private SegmentPlan _plan;
    private ulong? _lastEpoch;
    private ulong _lastFrame;
    private bool _disposed;
    private bool _closeAfterLease;

    /// <summary>Prepares a writer; publishes nothing until <see cref="Connect()"/> or
    /// <see cref="TryConnect()"/>.</summary>
    /// <param name="name">Name of the segment, with or without a leading slash.</param>
    /// <param name="channels">Rows, at least 1.</param>
    /// <param name="length">Floats in each row, at least 1.</param>
    /// <param name="options">Profile, owner and more; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name breaks the profile's rules, or the profile contradicts
    /// itself.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shape is empty or over
    /// <see cref="VoidLimits.MaxFloats"/>.</exception>
    public VoidShmWriter(string name, int channels, int length = 1, VoidWriterOptions? options = null)
    {
        Options = options ?? VoidWriterOptions.Default;
        _layout = Options.Profile.Layout;
        _name = VoidSegmentName.Parse(name, Options.Profile);
        _plan = SegmentPlan.Of(_layout, channels, length, Options.SecondBuffer);
    }

    /// <summary>The options it was made with.</summary>
    public VoidWriterOptions Options { get; }

    /// <summary>Name of the segment as the system knows it, without a leading slash.</summary>
    public string Name => _name.Value;

    /// <summary>Number of channels (rows).</summary>
    public int Channels => _plan.Channels;

    /// <summary>Floats in each channel.</summary>
    public int Length => _plan.Length;

    /// <summary>Floats of a whole frame.</summary>
    public int FloatCount => _plan.FloatCount;

    /// <summary>The state, with the original's words.</summary>
    public VoidWriterState State { get; private set; }

    /// <summary>True while the segment is published.</summary>
    public bool IsConnected => Volatile.Read(ref _session) is not null;

    /// <summary>The present epoch; of the last segment when disconnected, 0 before the first.</summary>
    public ulong Epoch => _session?.Epoch ?? _lastEpoch ?? 0;

    /// <summary>Writes since the epoch began (or since ever, by the profile).</summary>
    public ulong Frame => _session?.Frame ?? _lastFrame;

    /// <summary>Makes a writer and connects it.</summary>
    /// <inheritdoc cref="VoidShmWriter(string, int, int, VoidWriterOptions?)" path="/param"/>
    /// <inheritdoc cref="Connect()" path="/exception"/>
    public static VoidShmWriter Connect(string name, int channels, int length = 1, VoidWriterOptions? options = null)
    {
        var writer = new VoidShmWriter(name, channels, length, options);
        try
        {
            writer.Connect();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Publishes the segment with a cleared payload; does nothing when connected.</summary>
    /// <remarks>Watches a foreign segment without a trace of its writer for
    /// <see cref="VoidWriterOptions.TakeoverObservation"/>.</remarks>
    /// <exception cref="SegmentBusyException">A live writer owns the name.</exception>
    /// <exception cref="SegmentExistsException">The name leads to something that is not a segment of this
    /// profile.</exception>
    /// <exception cref="SharedMemorySpaceException">The shared-memory file system is full.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Connect()
    {
        WriterErrors.ThrowUnlessOk(TryConnect(out long holder), _name.Value, _layout.Profile, holder);
    }

    /// <summary>As <see cref="Connect()"/>, with refusals as a return value.</summary>
    /// <returns><see cref="VoidValidity.Ok"/>; <see cref="VoidValidity.Busy"/>; or what the name leads to.</returns>
    /// <exception cref="SharedMemorySpaceException">The shared-memory file system is full.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public VoidValidity TryConnect() => TryConnect(out _);

    /// <param name="holderProcessId">The process that owns the name when busy and known, else 0.</param>
    /// <inheritdoc cref="TryConnect()"/>
    public VoidValidity TryConnect(out long holderProcessId)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            holderProcessId = 0;
            return IsConnected ? VoidValidity.Ok : ConnectCore(_name, _plan, out holderProcessId);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Marks the segment invalid and removes it; does nothing when not connected.</summary>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Disconnect() => Close(VoidWriterState.Disconnected);

    /// <summary>As <see cref="Disconnect"/>, and says so in <see cref="State"/>.</summary>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Destroy() => Close(VoidWriterState.Destroyed);

    /// <summary>Makes a new segment of the same name and shape: next epoch, cleared payload.</summary>
    /// <inheritdoc cref="Reshape"/>
    public void Reset() => Restructure(_name, _plan);

    /// <summary>Changes the shape: a new segment with the next epoch when connected.</summary>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape is empty or over the limit.</exception>
    /// <exception cref="SharedMemorySpaceException">No space for the new segment; the old one stays
    /// published.</exception>
    /// <exception cref="SharedMemoryException">The system refused; the old segment stays published.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Reshape(int channels, int length) =>
        Restructure(_name, SegmentPlan.Of(_layout, channels, length, Options.SecondBuffer));

    /// <summary>Changes the name: when connected, a new segment with the next epoch; the old one is invalidated and
    /// removed.</summary>
    /// <param name="name">The new name.</param>
    /// <exception cref="ArgumentException">The name breaks the profile's rules.</exception>
    /// <exception cref="SegmentBusyException">A live writer owns the new name; the old segment stays
    /// published.</exception>
    /// <inheritdoc cref="Reshape" path="/exception"/>
    public void Rename(string name) => Restructure(VoidSegmentName.Parse(name, Options.Profile), _plan);

    /// <summary>Writes values from the first element on, channel by channel, as one frame.</summary>
    /// <param name="values">Values beyond the capacity are dropped; cells beyond the values keep theirs.</param>
    /// <returns>False when the writer is not connected.</returns>
    /// <exception cref="InvalidOperationException">A frame is open for writing in place.</exception>
    public bool Write(ReadOnlySpan<float> values)
    {
        _gate.Enter();
        try
        {
            WriterSession? session = _session;
            if (session is null)
            {
                return false;
            }

            int count = Math.Min(values.Length, session.Plan.FloatCount);
            session.Write(0, values[..count]);
            return true;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>The message <c>set i v...</c>: writes values from channel i (or element i, by the profile) on, as one
    /// frame.</summary>
    /// <param name="index">0-based.</param>
    /// <param name="values">Values beyond the end of the payload are dropped.</param>
    /// <returns>False when the writer is not connected.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the shape.</exception>
    /// <exception cref="InvalidOperationException">A frame is open for writing in place.</exception>
    public bool Set(int index, ReadOnlySpan<float> values) =>
        WriteAt(index, _layout.Profile.SetIndex == VoidSetIndex.Flat, wholeRest: true, values);

    /// <summary>Writes values of one channel, as one frame.</summary>
    /// <param name="channel">0-based.</param>
    /// <param name="values">Values beyond the channel's length are dropped; cells beyond the values keep
    /// theirs.</param>
    /// <returns>False when the writer is not connected.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such channel.</exception>
    /// <exception cref="InvalidOperationException">A frame is open for writing in place.</exception>
    public bool WriteChannel(int channel, ReadOnlySpan<float> values) =>
        WriteAt(channel, flat: false, wholeRest: false, values);

    /// <summary>Opens the next frame for writing in place; it is published when the lease is disposed.</summary>
    /// <param name="lease">The payload to fill; dispose it soon.</param>
    /// <returns>False when the writer is not connected.</returns>
    /// <exception cref="InvalidOperationException">A frame is open already.</exception>
    /// <exception cref="NotSupportedException">The profile stores floats in the other byte order.</exception>
    public bool TryBeginFrame(out VoidFrameLease lease)
    {
        if (_layout.BigEndian)
        {
            throw new NotSupportedException(
                $"Profile '{_layout.Profile.Name}' stores floats in the other byte order; write them with Write.");
        }

        _gate.Enter();
        WriterSession? session = _session;
        if (session is null)
        {
            _gate.Leave();
            lease = default;
            return false;
        }

        session.Begin();
        lease = new VoidFrameLease(this, session);
        _gate.TurnIntoLease();
        return true;
    }

    /// <summary>Disconnects for good. Idempotent; with a frame open for writing in place, it takes effect when that
    /// ends.</summary>
    public void Dispose()
    {
        if (!_gate.TryEnterForClosing())
        {
            Volatile.Write(ref _closeAfterLease, true);
            return;
        }

        _disposed = true;
        CloseCore(VoidWriterState.Destroyed);
        _gate.Leave();
    }

    internal void EndFrame(WriterSession session)
    {
        session.End();
        if (Volatile.Read(ref _closeAfterLease))
        {
            _disposed = true;
            CloseCore(VoidWriterState.Destroyed);
        }

        _gate.Leave();
    }

    private bool WriteAt(int index, bool flat, bool wholeRest, ReadOnlySpan<float> values)
    {
        _gate.Enter();
        try
        {
            WriterSession? session = _session;
            if (session is null)
            {
                return false;
            }

            int first = session.Plan.FirstElement(index, flat);
            int room = wholeRest ? session.Plan.FloatCount - first : session.Plan.Length;
            session.Write(first, values[..Math.Min(values.Length, room)]);
            return true;
        }
        finally
        {
            _gate.Leave();
        }
    }

    private VoidValidity ConnectCore(SegmentName name, in SegmentPlan plan, out long holder)
    {
        ulong frame = _layout.Profile.FrameOnEpoch == VoidFrameOnEpoch.Keep ? Frame : 0;

        // Stands if the attempt throws or is refused; a segment published under another name stays connected.
        State = _session is null ? VoidWriterState.ErrorOpen : State;
        VoidValidity outcome = WriterConnection.TryConnect(
            name, plan, Options, _lastEpoch, frame, out WriterSession? session, out holder);
        if (session is not null)
        {
            Adopt(session, name, plan);
        }

        return outcome;
    }

    private void Adopt(WriterSession session, SegmentName name, in SegmentPlan plan)
    {
        _session = session;
        _name = name;
        _plan = plan;
        _lastEpoch = session.Epoch;
        EpochClock.Remember(name.Value, session.Epoch);
        State = VoidWriterState.Connected;
    }

    private void Restructure(SegmentName name, SegmentPlan plan)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            WriterSession? old = _session;
            if (old is null)
            {
                _name = name;
                _plan = plan;
            }
            else if (name.Equals(_name))
            {
                ReplaceInPlace(old, plan);
            }
            else
            {
                VoidValidity outcome = ConnectCore(name, plan, out long holder);
                WriterErrors.ThrowUnlessOk(outcome, name.Value, _layout.Profile, holder);

                GiveUp(old);
            }
        }
        finally
        {
            _gate.Leave();
        }
    }

    private void ReplaceInPlace(WriterSession old, in SegmentPlan plan)
    {
        ulong epoch = EpochClock.After(_layout, old.Epoch, null);
        ulong frame = _layout.Profile.FrameOnEpoch == VoidFrameOnEpoch.Keep ? old.Frame : 0;
        WriterSession session;
        try
        {
            session = WriterSession.Publish(_name, plan, Options, epoch, frame, old.Segment, old.Invalidate);
        }
        catch (SharedMemoryException e) when (e is not SharedMemorySpaceException)
        {
            // Somebody removed our name or put another segment there, and ours is marked by now: start over as a new
            // connection.
            _session = null;
            GiveUp(old);
            VoidValidity outcome = ConnectCore(_name, plan, out long holder);
            WriterErrors.ThrowUnlessOk(outcome, _name.Value, _layout.Profile, holder);
            return;
        }

        Adopt(session, _name, plan);
        old.Close();
    }

    private void Close(VoidWriterState state)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CloseCore(state);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private void CloseCore(VoidWriterState state)
    {
        WriterSession? session = _session;
        _session = null;
        State = state;
        if (session is not null)
        {
            GiveUp(session);
        }
    }

    private void GiveUp(WriterSession session)
    {
        _lastFrame = session.Frame;
        session.GiveUp();
    }
}
