using System.Buffers.Binary;
using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Reading;

namespace Plenum.VoidShm;

/// <summary>Takes snapshots as the contract says: open, validate, copy, close; nothing is kept between two
/// reads.</summary>
/// <remarks>
/// <para>Bytes are copied with <c>pread</c>, so a missing, truncated, shrinking or hostile segment is a code and never
/// a fault
/// (spec voidshm 4). A snapshot of one of our writers is verified by the sequence of its trailer: it is one frame or it
/// is not
/// returned. That of a foreign writer cannot be verified, and says so.</para>
/// <para>Thread-safe: reads of several threads follow one another. Reads do not allocate, except while the reader asks
/// a
/// writer that never pauses for its second buffer (once in half a second).</para>
/// <para>Two writes between two reads look like one: events need a counter or a toggle in the data.</para>
/// <example><code>
/// using VoidShmReader reader = new("levels");
/// float[] values = new float[1024];
/// if (reader.TrySnapshot(values, out VoidSnapshot snapshot)) { /* snapshot.Channels rows of snapshot.Length values */
/// }
/// </code></example>
/// </remarks>
public sealed class VoidShmReader : IDisposable
{
    private const int PlainAttempts = 8;
    private const long AskIntervalMilliseconds = 500;

    private readonly Lock _lock = new();
    private readonly VoidLayout _layout;
    private readonly SegmentName? _name;
    private readonly SegmentSampler? _sampler;
    private readonly byte[] _header;
    private readonly byte[] _trailer = new byte[TrailerV1.SizeBytes];
    private readonly ulong _frameMask;
    private readonly long _retryNanoseconds;
    private FrameMemory _memory;
    private long _trailerGuess = -1;
    private long _lastAsk = long.MinValue / 2;
    private ulong _askedEpoch;
    private ulong _seenEpoch;
    private bool _lastFromSecond;
    private bool _disposed;

    /// <summary>Prepares a reader; opens nothing.</summary>
    /// <param name="name">Name of the segment. A name that breaks the profile's rules gives
    /// <see cref="VoidValidity.BadName"/> on reading.</param>
    /// <param name="options">Profile and retries; null for the defaults.</param>
    /// <exception cref="ArgumentException">The profile contradicts itself.</exception>
    public VoidShmReader(string name, VoidReaderOptions? options = null)
    {
        Options = options ?? VoidReaderOptions.Default;
        _layout = Options.Profile.Layout;
        _header = new byte[_layout.HeaderBytes];
        _frameMask = _layout.MaxOf(VoidField.Frame);
        _retryNanoseconds = Options.RetryTime.Ticks * 100;
        Name = name;
        if (VoidSegmentName.TryParse(name, Options.Profile, out _name))
        {
            _sampler = new SegmentSampler(_name);
        }
    }

    /// <summary>The name as given.</summary>
    public string Name { get; }

    /// <summary>The options it was made with.</summary>
    public VoidReaderOptions Options { get; }

    /// <summary>Takes a snapshot.</summary>
    /// <param name="destination">Receives the values, channel by channel; a smaller buffer gets the first ones.</param>
    /// <param name="snapshot">What was found.</param>
    /// <returns>True when values were read.</returns>
    /// <remarks>Blocks for the system calls, and up to <see cref="VoidReaderOptions.RetryTime"/> while a writer is
    /// writing.</remarks>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public bool TrySnapshot(Span<float> destination, out VoidSnapshot snapshot)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_sampler is null)
            {
                snapshot = VoidSnapshot.Failed(VoidValidity.BadName);
                return false;
            }

            VoidValidity opened = SnapshotCopy.Open(_sampler, _layout);
            snapshot = opened == VoidValidity.Ok ? CopyFrame(destination) : VoidSnapshot.Failed(opened);
            _sampler.Close();
            return snapshot.IsValid;
        }
    }

    /// <summary>Takes a snapshot into a buffer that is replaced when it is too small for a whole frame.</summary>
    /// <param name="buffer">The buffer; kept while it suffices.</param>
    /// <param name="snapshot">What was found.</param>
    /// <returns>True when a whole frame was read.</returns>
    /// <inheritdoc cref="TrySnapshot(Span{float}, out VoidSnapshot)" path="/exception"/>
    public bool TrySnapshot(ref float[] buffer, out VoidSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        while (TrySnapshot(buffer.AsSpan(), out snapshot))
        {
            if (snapshot.FloatCount <= buffer.Length)
            {
                return true;
            }

            buffer = new float[snapshot.FloatCount];
        }

        return false;
    }

    /// <summary>Forbids further reads. Idempotent.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _sampler?.Dispose();
        }
    }

    private VoidSnapshot CopyFrame(Span<float> destination)
    {
        // A writer that left no moment last time will hardly leave one now.
        int plain = _lastFromSecond ? 1 : PlainAttempts;
        long end = 0;
        int retries = 0;
        bool asked = false;
        while (true)
        {
            VoidSnapshot snapshot = CopyOnce(destination, retries, trySecond: retries >= plain, out bool final);
            if (final)
            {
                _lastFromSecond = snapshot.FromSecondBuffer;
                return snapshot;
            }

            retries++;
            if (retries == plain)
            {
                end = MonotonicClock.Nanoseconds + _retryNanoseconds;
            }
            else if (retries > plain)
            {
                asked = asked || AskForSecondBuffer();
                if (MonotonicClock.Nanoseconds >= end)
                {
                    return VoidSnapshot.Failed(VoidValidity.Changed, retries);
                }

                Thread.Yield();
            }
        }
    }

    private VoidSnapshot CopyOnce(Span<float> destination, int retries, bool trySecond, out bool final)
    {
        // The sequence has to be read before everything else; where it lies is known from the read before.
        ulong sequence = ReadTrailer(_trailerGuess) ? Sequence() : 1;
        VoidValidity code = ReadHeader(out VoidHeader header);
        final = code != VoidValidity.Ok;
        if (final)
        {
            return VoidSnapshot.Failed(code, retries);
        }

        _ = VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload);
        long at = TrailerV1.OffsetAfter(_layout.HeaderBytes + payload);
        if (at != _trailerGuess)
        {
            _trailerGuess = at;
            _ = ReadTrailer(at);
            sequence = Sequence();
            code = ReadHeader(out VoidHeader again);
            if (code != VoidValidity.Ok || again.Channels != header.Channels || again.Length != header.Length)
            {
                return VoidSnapshot.Failed(VoidValidity.Changed, retries);
            }

            header = again;
        }

        _seenEpoch = header.Epoch;
        TrailerFacts facts = TrailerFacts.Parse(_trailer, at, payload, _sampler!.SizeBytes);
        if (!facts.IsPresent)
        {
            return CopyForeign(destination, header, payload, retries, out final);
        }

        VoidSnapshot result = default;
        final = (sequence & 1) == 0 && CopyVerified(destination, header, payload, sequence, retries, out result);
        if (!final && trySecond && facts.HasSecondBuffer)
        {
            final = CopySecond(destination, header, facts, retries, out result);
        }

        return result;
    }

    private bool CopyVerified(
        Span<float> destination, in VoidHeader header, long payload, ulong sequence, int retries,
        out VoidSnapshot result)
    {
        result = default;
        int count = CopyPayload(destination, _layout.HeaderBytes, payload);
        if (count < 0)
        {
            result = VoidSnapshot.Failed(VoidValidity.Truncated, retries);
            return true;
        }

        // FENCE the payload was copied by the kernel for this thread; then the second look at the sequence.
        Volatile.ReadBarrier();
        Span<byte> again = stackalloc byte[8];

        // OBSERVE [void-seq] Pairs with the writer's release of the even sequence.
        if (_sampler!.Read(_trailerGuess + TrailerV1.SeqOffset, again) < 8
            || BinaryPrimitives.ReadUInt64LittleEndian(again) != sequence)
        {
            return false;
        }

        _memory.Remember(header.Epoch, header.Frame);
        long time = BinaryPrimitives.ReadInt64LittleEndian(_trailer.AsSpan(TrailerV1.WriteTimeOffset));
        result = Result(VoidVerification.Verified, header, header.Frame, time, count, retries, false);
        return true;
    }

    private bool CopySecond(
        Span<float> destination, in VoidHeader header, in TrailerFacts facts, int retries, out VoidSnapshot result)
    {
        result = default;
        long at = facts.Offset + TrailerV1.SecondSeqOffset;
        Span<byte> line = stackalloc byte[32];
        if (_sampler!.Read(at, line) < 32)
        {
            return false;
        }

        Volatile.ReadBarrier();
        ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(line);
        ulong epoch = BinaryPrimitives.ReadUInt64LittleEndian(line[8..]);
        ulong frame = BinaryPrimitives.ReadUInt64LittleEndian(line[16..]);
        if ((sequence & 1) != 0 || sequence == 0 || epoch != header.Epoch || _memory.IsOlder(epoch, frame, _frameMask))
        {
            return false;
        }

        _ = VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload);
        int count = CopyPayload(destination, facts.SecondOffset, payload);
        Volatile.ReadBarrier();
        Span<byte> again = stackalloc byte[8];

        // OBSERVE [void-second-seq] Pairs with the writer's release after filling the second buffer.
        if (count < 0 || _sampler.Read(at, again) < 8 || BinaryPrimitives.ReadUInt64LittleEndian(again) != sequence)
        {
            return false;
        }

        _memory.Remember(epoch, frame);
        long time = BinaryPrimitives.ReadInt64LittleEndian(line[24..]);
        result = Result(VoidVerification.Verified, header, frame, time, count, retries, true);
        return true;
    }

    private VoidSnapshot CopyForeign(
        Span<float> destination, in VoidHeader header, long payload, int retries, out bool final)
    {
        int count = CopyPayload(destination, _layout.HeaderBytes, payload);
        if (count < 0)
        {
            final = true;
            return VoidSnapshot.Failed(VoidValidity.Truncated, retries);
        }

        Volatile.ReadBarrier();
        VoidValidity code = ReadHeader(out VoidHeader after);
        bool same = code == VoidValidity.Ok && after.Epoch == header.Epoch && after.Channels == header.Channels
            && after.Length == header.Length;

        // A frame that moved during the copy is worth another try; it proves nothing either way (spec voidshm 5).
        final = same && (after.Frame == header.Frame || retries >= PlainAttempts - 1);
        return final
            ? Result(VoidVerification.Unverifiable, after, after.Frame, 0, count, retries, false)
            : VoidSnapshot.Failed(VoidValidity.Changed, retries);
    }

    private static VoidSnapshot Result(
        VoidVerification verification, in VoidHeader header, ulong frame, long time, int count, int retries,
        bool second) =>
        new(
            VoidValidity.Ok, verification, (int)header.Channels, (int)header.Length, header.Epoch, frame, time, count,
            retries,
            second);

    private int CopyPayload(Span<float> destination, long offset, long payloadBytes)
    {
        int count = (int)Math.Min(destination.Length, payloadBytes / sizeof(float));
        Span<float> target = destination[..count];
        if (_sampler!.Read(offset, target) < (long)count * sizeof(float))
        {
            return -1;
        }

        if (_layout.BigEndian)
        {
            PayloadBytes.CopySwapped(target, target);
        }

        return count;
    }

    private VoidValidity ReadHeader(out VoidHeader header)
    {
        header = default;
        if (_sampler!.Read<byte>(0, _header) < _header.Length)
        {
            return VoidValidity.TooSmall;
        }

        // OBSERVE [void-magic] A valid magic number is read with the fields that stood before it.
        Volatile.ReadBarrier();
        header = _layout.Decode(_header);
        return _layout.Validate(header, _sampler.SizeBytes);
    }

    private bool ReadTrailer(long at)
    {
        bool whole = at >= 0 && _sampler!.Read<byte>(at, _trailer) == _trailer.Length;
        if (!whole)
        {
            _trailer.AsSpan().Clear();
        }

        Volatile.ReadBarrier();
        return whole;
    }

    private ulong Sequence() => BinaryPrimitives.ReadUInt64LittleEndian(_trailer.AsSpan(TrailerV1.SeqOffset));

    private bool AskForSecondBuffer()
    {
        long now = Environment.TickCount64;
        bool recent = _askedEpoch == _seenEpoch && now - _lastAsk < AskIntervalMilliseconds;
        if (!Options.MayAsk || recent)
        {
            return true;
        }

        _lastAsk = now;
        _askedEpoch = _seenEpoch;
        using ReaderLink? link = ReaderLink.TryOpen(_name!, _trailerGuess);

        // A copy through the kernel takes about a nanosecond a byte.
        link?.Ask(_sampler!.SizeBytes);
        return true;
    }
}
