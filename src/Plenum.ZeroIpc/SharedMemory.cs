using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A ZeroIPC segment: a named range of memory that programs of several languages share, with a table of named
/// structures (spec zeroipc 1).</summary>
/// <remarks>
/// <para>Thread-safe. Nothing blocks except creation of entries, which waits for other creators of ours, and the
/// waits.</para>
/// <para>Structures keep the memory mapped: after <see cref="Dispose"/> no new structure can be made and waits end with
/// <see cref="ObjectDisposedException"/>, but an operation that runs on another thread finishes on mapped memory. The
/// memory is unmapped when neither this object nor a structure of it is reachable any more. Spans over a structure must
/// not be used after the structure itself was dropped.</para>
/// <example>
/// <code>
/// using SharedMemory memory = SharedMemory.CreateOrOpen("/sensor_data", 10 &lt;&lt; 20);
/// var temperatures = SharedArray&lt;float&gt;.CreateOrOpen(memory, "temperatures", 1000);
/// temperatures[0] = 20.5f;
/// </code>
/// </example>
/// </remarks>
public sealed partial class SharedMemory : IDisposable
{
    private const int MaxAttempts = 64;
    private const long PublicationPatienceNanoseconds = 1_000_000_000;

    private readonly MappingHold _hold;
    private readonly Lock _lock = new();
    private IDisposable? _companion;

    private SharedMemory(SharedSegment segment, TableFormat format)
    {
        Segment = segment;
        _hold = new MappingHold(segment);
        Table = new NameTable(segment, format, this);
    }

    /// <summary>The segment's name, with its leading slash.</summary>
    public string Name => "/" + Segment.Name.Value;

    /// <summary>The table of named entries.</summary>
    public NameTable Table { get; }

    /// <summary>Size of the segment in bytes, the table included.</summary>
    public long SizeBytes => Table.MemorySizeBytes;

    /// <summary>Whether the segment can only be read: opened so, or of format version 1.</summary>
    public bool IsReadOnly => Segment.Access == SegmentAccess.ReadOnly;

    /// <summary>True after <see cref="Dispose"/>.</summary>
    public bool IsDisposed => Segment.IsDisposed;

    internal SharedSegment Segment { get; }

    /// <summary>Creates a segment exclusively; it appears under its name complete or not at all.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <param name="sizeBytes">Size in bytes, at least that of the table: 32 + 48 for each entry of its
    /// capacity.</param>
    /// <param name="options">Table capacity and permission; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size cannot hold the table, or the capacity is less than
    /// 1.</exception>
    /// <exception cref="SegmentExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemorySpaceException">The shared-memory file system has not enough space.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    public static SharedMemory Create(string name, long sizeBytes, SharedMemoryOptions? options = null)
    {
        options ??= SharedMemoryOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxEntries, 1, "options.MaxEntries");
        ArgumentNullException.ThrowIfNull(options.WaitStrategy, "options.WaitStrategy");
        long table = TableHeader.TableSizeBytes((uint)options.MaxEntries);
        if (sizeBytes < table)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sizeBytes), sizeBytes, $"A table of {options.MaxEntries} entries alone needs {table} bytes.");
        }

        SharedSegment segment = SharedSegment.Create(
            SegmentName.Parse(name), sizeBytes, s =>
            WriteHeader(s, (uint)options.MaxEntries), options.ToSegmentOptions());
        SharedMemory memory = Wrap(segment);
        memory.WaitStrategy = options.WaitStrategy;
        return memory;
    }

    /// <summary>Creates a segment in the place of whatever has that name now.</summary>
    /// <remarks>Processes that use the old segment keep it, without a name; they do not see the new one. Peers replace
    /// silently whenever they create (spec zeroipc 1.2), this library only here.</remarks>
    /// <inheritdoc cref="Create" path="/param"/>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static SharedMemory Replace(string name, long sizeBytes, SharedMemoryOptions? options = null)
    {
        for (int attempt = 0; ; attempt++)
        {
            _ = Remove(name);
            try
            {
                return Create(name, sizeBytes, options);
            }
            catch (SegmentExistsException) when (attempt < MaxAttempts)
            {
                // Another process created one in between: it is replaced too.
            }
        }
    }

    /// <summary>Opens an existing segment.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <param name="access">How to map it; a segment of format version 1 is always mapped read-only.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="SegmentNotFoundException">No such segment.</exception>
    /// <exception cref="SegmentFormatException">Not a ZeroIPC segment of a known version.</exception>
    /// <exception cref="SegmentCorruptedException">Its header contradicts itself or the size of the file.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static SharedMemory Open(string name, SegmentAccess access = SegmentAccess.ReadWrite) =>
        TryOpen(name, out SharedMemory? memory, access)
            ? memory
            : throw new SegmentNotFoundException(
                $"Could not open segment '{name}': it does not exist. Start the process that creates it, or check the "
                + "name.",
                "open segment", name);

    /// <summary>Opens an existing segment, or reports that there is none.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <param name="memory">The segment.</param>
    /// <param name="access">How to map it; a segment of format version 1 is always mapped read-only.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static bool TryOpen(
        string name, [NotNullWhen(true)] out SharedMemory? memory, SegmentAccess access = SegmentAccess.ReadWrite)
    {
        memory = null;
        SegmentName parsed = SegmentName.Parse(name);
        if (!SharedSegment.TryOpen(parsed, out SharedSegment? segment, access, FirstTableHeader.SizeBytes))
        {
            return false;
        }

        memory = Wrap(segment);
        if (memory.Table.Shape == TableShape.Current || memory.IsReadOnly)
        {
            return true;
        }

        memory.Dispose();
        return TryOpen(name, out memory, SegmentAccess.ReadOnly);
    }

    /// <summary>Opens a segment, or creates it if there is none; of several processes that do so at once, one
    /// creates.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <param name="sizeBytes">Size in bytes if it is created; an existing segment keeps its size.</param>
    /// <param name="options">Table capacity and permission if it is created; null for the defaults.</param>
    /// <inheritdoc cref="Create" path="/exception"/>
    /// <exception cref="SegmentFormatException">Not a ZeroIPC segment of a known version.</exception>
    /// <exception cref="SegmentCorruptedException">Its header contradicts itself or the size of the file.</exception>
    public static SharedMemory CreateOrOpen(string name, long sizeBytes, SharedMemoryOptions? options = null)
    {
        long patience = MonotonicClock.Nanoseconds + PublicationPatienceNanoseconds;
        var spin = new SpinWait();
        while (true)
        {
            try
            {
                if (!TryOpen(name, out SharedMemory? memory))
                {
                    return Create(name, sizeBytes, options);
                }

                memory.WaitStrategy = options?.WaitStrategy ?? WaitStrategy.Balanced;
                return memory;
            }
            catch (SegmentExistsException) when (MonotonicClock.Nanoseconds < patience)
            {
                // Somebody created it after we looked: open it.
            }
            catch (SegmentFormatException) when (MonotonicClock.Nanoseconds < patience)
            {
                // A foreign peer publishes the name before it writes the header.
                spin.SpinOnce();
            }
        }
    }

    /// <summary>Removes a segment's name; processes that have it mapped keep their memory.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool Remove(string name)
    {
        SegmentName parsed = SegmentName.Parse(name);
        SegmentInfo? info = SideTables.InfoOf(parsed);
        bool removed = SharedSegment.Remove(parsed);
        if (removed && info is { } known)
        {
            // Its users keep their wait table mapped; a new segment of this name has another inode and another table.
            _ = SideTables.RemoveOf(known);
        }

        return removed;
    }

    /// <summary>Gives up the segment; its name stays. Idempotent.</summary>
    public void Dispose()
    {
        IDisposable? companion;
        lock (_lock)
        {
            Segment.Dispose();
            companion = _companion;
        }

        companion?.Dispose();
        GC.KeepAlive(_hold);
    }

    /// <summary>Creates several entries in this order: all or none of them appear (the marker of a composite comes
    /// last).</summary>
    internal SharedEntry[] Allocate(params ReadOnlySpan<EntryRequest> requests) => Table.Allocate(requests);

    /// <summary>Wakes those who wait for an entry. Without a wait table of its own this process leaves them to their
    /// next look.</summary>
    internal void AnnounceEntries()
    {
        if (Volatile.Read(ref _companion) is not null)
        {
            EntrySite.WakeAll();
        }
    }

    /// <summary>Finds an entry for a structure and checks that its range can be used.</summary>
    /// <param name="kind">What is opened, for messages.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="minimumSizeBytes">The least size that makes sense.</param>
    /// <exception cref="EntryNotFoundException">There is none now.</exception>
    /// <exception cref="SegmentFormatException">It is smaller, or the segment is of version 1 and the kind is not an
    /// array.</exception>
    /// <exception cref="SegmentCorruptedException">Its range is outside the segment, over the table, or not aligned to
    /// 8.</exception>
    internal SharedEntry OpenEntry(string kind, string name, long minimumSizeBytes)
    {
        if (kind != "array")
        {
            Table.RequireCurrent(kind, name);
        }

        SharedEntry entry = Table.Find(name);
        if (!entry.IsInside(SizeBytes) || entry.Offset % 8 != 0
            || entry.Offset < Table.Format.EntryOffset(Table.ReadCount()))
        {
            throw new SegmentCorruptedException(
                $"Could not open {kind} '{name}' in segment '{Name}': its entry says {entry.SizeBytes} bytes at "
                + $"offset {entry.Offset}, "
                + $"which is not an aligned range behind the table and inside {SizeBytes} bytes. The table was "
                + "overwritten.",
                "open " + kind, Name, "offset",
                entry.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return entry.SizeBytes >= minimumSizeBytes
            ? entry
            : throw WrongLayout(kind, entry, $"at least {minimumSizeBytes} bytes", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>The error for an entry that is not of the kind, or not of the element type, that it was opened
    /// as.</summary>
    /// <param name="kind">What it was opened as.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="expected">What the layout demands.</param>
    /// <param name="actual">What was found, and what that suggests.</param>
    /// <param name="field">Offset of the offending field in the entry; -1 for the entry as a whole.</param>
    internal SegmentFormatException WrongLayout(string kind, in SharedEntry entry, string expected, string actual,
        long field) => new(
        $"Could not open {kind} '{entry.Name}' in segment '{Name}': expected {expected}, found {actual}. Open it as "
        + "the kind and with the element type of its creator.",
        "open " + kind, Name, expected, actual, field < 0 ? -1 : entry.Offset + field);

    /// <summary>An object that lives beside the segment and is given up with it: made once, at first use.</summary>
    /// <typeparam name="TCompanion">The one type used for this segment.</typeparam>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    internal TCompanion Companion<TCompanion>(Func<SharedMemory, TCompanion> attach)
        where TCompanion : class, IDisposable
    {
        if (Volatile.Read(ref _companion) is TCompanion known)
        {
            return known;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            TCompanion companion = _companion as TCompanion ?? attach(this);
            Volatile.Write(ref _companion, companion);
            return companion;
        }
    }

    private static SharedMemory Wrap(SharedSegment segment)
    {
        try
        {
            return new SharedMemory(segment, TableFormat.Read(segment));
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    private static void WriteHeader(SharedSegment segment, uint maxEntries)
    {
        // PLAIN nobody can see the segment before it gets its name.
        segment.UInt32(0x04).WriteOwned(TableHeader.CurrentVersion);
        segment.UInt32(TableHeader.EntryCountOffset).WriteOwned(0);
        segment.UInt32(TableHeader.MaxEntriesOffset).WriteOwned(maxEntries);
        segment.UInt64(TableHeader.MemorySizeOffset).WriteOwned((ulong)segment.SizeBytes);
        segment.UInt64(TableHeader.NextOffsetOffset).WriteOwned((ulong)TableHeader.TableSizeBytes(maxEntries));
        segment.UInt32(0x00).WriteOwned(TableHeader.MagicValue);
    }
}
