using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>
/// The wait table of one ZeroIPC segment, as this process uses it: sites where waiters sleep, and records of who holds
/// what. It
/// lies in a file of its own beside the segment, so that no byte of the peers' layouts changes.
/// </summary>
/// <remarks>
/// <para>Thread-safe. <see cref="Dispose"/> gives up the table (the last user removes the file); the memory stays
/// mapped until no
/// structure can reach it, so that an operation racing with it never touches unmapped memory.</para>
/// <para>When the file cannot be used (permission, space), a private table takes its place: waits inside this process
/// still wake
/// at once, all others look again every 1 to 10 ms, and nothing is robust against death.</para>
/// </remarks>
internal sealed class WaitTable : IDisposable
{
    private const uint PrivateSites = 256;

    private readonly SharedSegment _file;
    private readonly MemoryHold _hold;
    private readonly long _presence;
    private readonly uint _siteCount;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, WaitSite> _sites = [];
    private WaitTable? _overflow;
    private WaitStrategy _strategy = WaitStrategy.Balanced;
    private bool _foreignPeers = true;
    private bool _disposed;

    private WaitTable(SharedSegment file, long presence, SharedSegment? main)
    {
        _file = file;
        _hold = new MemoryHold(file, main);
        _presence = presence;
        IsShared = presence >= 0;
        _siteCount = file.UInt32(0x0C).ReadAcquire();
        uint blocks = file.UInt32(0x30).ReadAcquire();
        long blocksOffset = WaitTableHeader.SizeBytes + ((long)_siteCount * WaitSiteLayout.SizeBytes);
        Owners = new OwnerTable(this, file, blocksOffset, blocks);
        Recovery = new DeathRecovery(this, file);
        Awaited = new AwaitedTable(this);
    }

    /// <summary>
    /// Whether peers that only poll may use the segment: waits then look again every 1 to 10 ms, and a death that
    /// leaves a doubt is
    /// not repaired. True unless the segment was declared ours.
    /// </summary>
    internal bool ForeignPeers
    {
        get => !IsShared || Volatile.Read(ref _foreignPeers);
        set => Volatile.Write(ref _foreignPeers, value);
    }

    /// <summary>How long waits spin and yield before they sleep.</summary>
    internal WaitStrategy Strategy
    {
        get => Volatile.Read(ref _strategy);
        set
        {
            Volatile.Write(ref _strategy, value);
            lock (_lock)
            {
                _overflow?.Strategy = value;
            }
        }
    }

    /// <summary>Whether other processes see this table; false for the private stand-in.</summary>
    internal bool IsShared { get; }

    /// <summary>True after <see cref="Dispose"/>.</summary>
    internal bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Name of the table's file.</summary>
    internal string FileName => _file.Name.Value;

    /// <summary>Who holds what.</summary>
    internal OwnerTable Owners { get; }

    /// <summary>Settles what the dead left.</summary>
    internal DeathRecovery Recovery { get; }

    /// <summary>What is awaited here.</summary>
    internal AwaitedTable Awaited { get; }

    /// <summary>The spinning part of a wait: never longer than the wait, none of a wait that is over at once.</summary>
    internal SpinWaiter Spin(long deadlineNanoseconds)
    {
        WaitStrategy strategy = Strategy;
        if (deadlineNanoseconds == long.MaxValue)
        {
            return new SpinWaiter(strategy);
        }

        long left = deadlineNanoseconds == 0 ? 0 : deadlineNanoseconds - MonotonicClock.Nanoseconds;
        return left <= 0
            ? new SpinWaiter(WaitStrategy.PowerSaving)
            : new SpinWaiter(strategy, (int)Math.Min(strategy.SpinNanoseconds, left));
    }

    /// <summary>A private table for what finds no room here.</summary>
    internal WaitTable Overflow
    {
        get
        {
            lock (_lock)
            {
                return _overflow ??= new WaitTable(WaitTableFile.CreatePrivate(PrivateSites), -1, null)
                {
                    Strategy = Strategy,
                };
            }
        }
    }

    /// <summary>Joins the wait table of a segment; creates it if this is its first user.</summary>
    /// <param name="main">The ZeroIPC segment, mapped read-write.</param>
    /// <param name="maxEntries">Entries of its name table; decides the size of a table that is created.</param>
    /// <exception cref="SharedMemorySpaceException">There is no memory for a private table either.</exception>
    internal static WaitTable Attach(SharedSegment main, uint maxEntries)
    {
        SharedSegment? file = WaitTableFile.TryJoin(main.OpenedInfo, WaitTableFile.SitesFor(maxEntries),
            out long presence);
        if (file is null)
        {
            return new WaitTable(WaitTableFile.CreatePrivate(PrivateSites), -1, main);
        }

        var table = new WaitTable(file, presence, main);
        LiveTables.Add(table);
        return table;
    }

    /// <summary>The site of one field of the segment; the same object for the same field.</summary>
    /// <param name="offset">Offset of the field in the segment, more than 0.</param>
    internal WaitSite Site(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, 1);
        lock (_lock)
        {
            if (_sites.TryGetValue(offset, out WaitSite? known))
            {
                return known;
            }

            WaitSite? site = FindOrAddSite(offset);
            if (site is not null)
            {
                _sites.Add(offset, site);
                return site;
            }
        }

        return Overflow.Site(offset);
    }

    /// <summary>The site of a field if anybody ever used it.</summary>
    internal WaitSite? FindSite(long offset)
    {
        lock (_lock)
        {
            return _sites.TryGetValue(offset, out WaitSite? known) ? known : Probe(offset, add: false);
        }
    }

    /// <summary>Wakes whoever sleeps at a site that this process uses: each looks at its condition again.</summary>
    internal void WakeAll()
    {
        lock (_lock)
        {
            foreach (WaitSite site in _sites.Values)
            {
                site.FenceAndWakeAll();
            }
        }
    }

    /// <summary>Gives up the table; the last user removes its file. Waits that sleep are woken and told. Idempotent.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        WakeAll();
        WaitTableFile.Leave(_file, _presence);
        _overflow?.Dispose();
        GC.KeepAlive(_hold);
    }

    private WaitSite? FindOrAddSite(long offset) => Probe(offset, add: true);

    private WaitSite? Probe(long offset, bool add)
    {
        ulong hash = (ulong)offset * 0x9E37_79B9_7F4A_7C15UL;
        uint mask = _siteCount - 1;
        for (uint i = 0; i < _siteCount; i++)
        {
            uint index = ((uint)(hash >> 40) + i) & mask;
            long at = WaitTableHeader.SizeBytes + ((long)index * WaitSiteLayout.SizeBytes);
            SharedUInt64 key = _file.UInt64(at);
            ulong found = key.ReadAcquire();
            if (found == 0)
            {
                if (!add)
                {
                    return null;
                }

                // CLAIM the site: whoever comes second finds the key and uses the same site.
                found = key.CompareExchange((ulong)offset, 0);
            }

            if (found == 0 || found == (ulong)offset)
            {
                return new WaitSite(this, _file, at, offset);
            }
        }

        return null;
    }

    /// <summary>Keeps table and segment mapped while any structure reaches them; a racing operation never meets
    /// unmapped memory.</summary>
    private sealed class MemoryHold
    {
        private readonly SharedSegment _file;
        private readonly SharedSegment? _main;

        internal MemoryHold(SharedSegment file, SharedSegment? main)
        {
            file.AddReference();
            main?.AddReference();
            _file = file;
            _main = main;
        }

        ~MemoryHold()
        {
            _file.ReleaseReference();
            _main?.ReleaseReference();
        }
    }

    /// <summary>Gives up the tables that are still open when the process ends in order, so that the last one removes
    /// the file.</summary>
    private static class LiveTables
    {
        private static readonly List<WeakReference<WaitTable>> s_tables = [];

        static LiveTables() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => DisposeAll();

        internal static void Add(WaitTable table)
        {
            lock (s_tables)
            {
                _ = s_tables.RemoveAll(static known => !known.TryGetTarget(out WaitTable? target) || target.IsDisposed);
                s_tables.Add(new WeakReference<WaitTable>(table));
            }
        }

        private static void DisposeAll()
        {
            lock (s_tables)
            {
                foreach (WeakReference<WaitTable> known in s_tables)
                {
                    if (known.TryGetTarget(out WaitTable? table))
                    {
                        table.Dispose();
                    }
                }
            }
        }
    }
}
