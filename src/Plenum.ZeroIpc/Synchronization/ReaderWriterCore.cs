using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The state and the two mutexes of a reader-writer lock (spec zeroipc 2.15), and the records of its
/// readers.</summary>
/// <remarks>The peers' algorithm: a reader counts itself while it holds the readers' mutex and no writer is active; a
/// writer holds the
/// writers' mutex, raises writer_active under the readers' mutex, and waits until nobody reads. A writer's death shows
/// in the
/// writers' mutex, a reader's in its own record.</remarks>
internal sealed partial class ReaderWriterCore : IWaitWatch
{
    private readonly SharedInt32 _readers;
    private readonly SharedInt32 _writerActive;
    private readonly CountLock _readersMutex;
    private readonly CountLock _writersMutex;
    private readonly WaitSite _readersSite;
    private readonly WaitSite _writerSite;
    private readonly TicketLine _readersLine;
    private readonly ClaimWord _doubt;
    private readonly ClaimWord _held;
    private readonly long _offset;
    private readonly string _name;

    internal ReaderWriterCore(
        SharedSegment segment, WaitTable table, long offset, CountLock readersMutex, CountLock writersMutex,
        string name)
    {
        _doubt = new ClaimWord(ClaimKind.Reader, ClaimState.Doubt, offset);
        _held = new ClaimWord(ClaimKind.Reader, ClaimState.Held, offset);
        _offset = offset;
        _name = name;
        _readers = segment.Int32(offset);
        _writerActive = segment.Int32(offset + 4);
        _readersMutex = readersMutex;
        _readersLine = readersMutex.Line;
        Table = table;
        _writersMutex = writersMutex;
        _readersSite = table.Site(offset);
        _writerSite = table.Site(offset + 4);
    }

    internal WaitTable Table { get; }

    internal int Readers => Math.Max(0, _readers.ReadAcquire());

    internal bool IsWriterActive => _writerActive.ReadAcquire() != 0;

    private DeathRecovery Recovery => Table.Recovery;

    /// <summary>Reads, at once or after the writers; not held when the time was over.</summary>
    internal ReaderLock EnterRead(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        OwnerRecord record = _readersMutex.TakeRecord();
        OwnerRecord gate = record.Spare;
        if (_readersLine.IsEmpty && _readersMutex.TryTake(gate))
        {
            // OBSERVE [rwlock] Pairs with the writer's retreat: what it stored is visible to this reader.
            bool free = _writerActive.ReadAcquire() == 0;
            if (free)
            {
                record.Say(_doubt);
                StepHook.At("rwlock-read-stated");
                _ = _readers.Increment();
                StepHook.At("rwlock-read-counted");
                record.Say(_held);
                StepHook.At("rwlock-read-held");
            }

            _readersMutex.GiveBackKeeping(gate);
            if (free)
            {
                return new ReaderLock(this, record, abandoned: false);
            }
        }

        record.Release();
        return EnterReadSlow(deadlineNanoseconds, cancellationToken);
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ReaderLock> EnterReadAsync(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        WriterGone? gone = null;
        while (true)
        {
            MutexLock gate = await _readersMutex.EnterAsync(deadlineNanoseconds,
                cancellationToken).ConfigureAwait(false);
            if (!gate.IsHeld)
            {
                return default;
            }

            if (TryCount(gate, out OwnerRecord? record))
            {
                return new ReaderLock(this, record, gone is not null && gone.Inherited);
            }

            gone ??= new WriterGone(this);
            if (!await _writerSite.WaitAsync(gone, gone, deadlineNanoseconds, cancellationToken).ConfigureAwait(false))
            {
                return default;
            }
        }
    }

    /// <summary>Ends a read.</summary>
    internal void ExitRead(OwnerRecord record)
    {
        record.Say(_doubt);

        // PUBLISH [rwlock] The reads of this reader are over before a writer sees it gone (full fence).
        int left = _readers.Decrement();
        StepHook.At("rwlock-read-lowered");
        record.Release();
        if (left <= 0)
        {
            WakeWriter(left);
        }

        GC.KeepAlive(Table);
    }

    /// <summary>Ends a read of somebody who stated no owner.</summary>
    internal bool TryExitReadUnowned()
    {
        if (!DeathRecovery.TryLower(_readers))
        {
            return false;
        }

        WakeWriter(_readers.ReadAcquire());
        return true;
    }

    /// <summary>Writes, at once or after the others; not held when the time was over.</summary>
    internal WriterLock EnterWrite(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        OwnerRecord record = _writersMutex.TakeRecord();
        OwnerRecord gate = record.Spare;
        if (!_writersMutex.Line.IsEmpty || !_writersMutex.TryTake(record))
        {
            record.Release();
            return EnterWriteSlow(
                _writersMutex.Enter(deadlineNanoseconds, cancellationToken), deadlineNanoseconds, cancellationToken);
        }

        var writer = new MutexLock(_writersMutex, record, abandoned: false);
        if (_readers.ReadAcquire() == 0 && _readersLine.IsEmpty && _readersMutex.TryTake(gate))
        {
            RaiseWriter();
            _readersMutex.GiveBackKeeping(gate);
            if (_readers.ReadAcquire() == 0)
            {
                return new WriterLock(this, writer);
            }
        }

        return EnterWriteSlow(writer, deadlineNanoseconds, cancellationToken);
    }

    private WriterLock EnterWriteSlow(MutexLock writer, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        bool done = false;
        try
        {
            if (writer.IsHeld)
            {
                MutexLock gate = _readersMutex.Enter(deadlineNanoseconds, cancellationToken);
                if (gate.IsHeld)
                {
                    Announce(gate);
                    var empty = new NobodyReads(_readers);
                    done = empty.IsMet() || _readersSite.Wait(ref empty, this, deadlineNanoseconds, cancellationToken);
                }
            }
        }
        finally
        {
            if (writer.IsHeld && !done)
            {
                Retreat(writer);
            }
        }

        return done ? new WriterLock(this, writer) : default;
    }

    /// <summary>The same without holding a thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<WriterLock> EnterWriteAsync(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        MutexLock writer = await _writersMutex.EnterAsync(deadlineNanoseconds, cancellationToken).ConfigureAwait(false);
        bool done = false;
        try
        {
            if (writer.IsHeld)
            {
                MutexLock gate = await _readersMutex.EnterAsync(deadlineNanoseconds,
                    cancellationToken).ConfigureAwait(false);
                if (gate.IsHeld)
                {
                    Announce(gate);
                    var empty = new NobodyReads(_readers);
                    done = empty.IsMet() || await _readersSite
                        .WaitAsync(empty, this, deadlineNanoseconds, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (writer.IsHeld && !done)
            {
                Retreat(writer);
            }
        }

        return done ? new WriterLock(this, writer) : default;
    }

    /// <summary>Ends a write, or the attempt of one.</summary>
    internal void Retreat(MutexLock writer)
    {
        // PUBLISH [rwlock] What the writer stored is visible to readers that see no writer.
        _writerActive.WriteRelease(0);
        StepHook.At("rwlock-write-lowered");
        writer.Dispose();
        StepHook.At("rwlock-write-returned");

        // The full fence of the mutex stands between the store above and the look for sleepers.
        _writerSite.WakeAll();
        GC.KeepAlive(Table);
    }

    /// <summary>Ends a write of somebody who stated no owner.</summary>
    internal bool TryExitWriteUnowned()
    {
        _ = _writerActive.Exchange(0);
        bool given = _writersMutex.TryGive(1);
        _writerSite.WakeAll();
        return given;
    }

    /// <inheritdoc/>
    public bool ReadsRecordsOnly => true;

    /// <summary>Takes back the reads of dead readers.</summary>
    public void Look()
    {
        _ = Recovery.SettleSite(_readersSite);
        if (!Recovery.HasDead(ClaimKind.Reader, _offset) || !Recovery.TryBegin())
        {
            return;
        }

        try
        {
            SettleReaders();
        }
        finally
        {
            Recovery.End();
        }
    }

    private ReaderLock EnterReadSlow(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        WriterGone? gone = null;
        while (true)
        {
            MutexLock gate = _readersMutex.Enter(deadlineNanoseconds, cancellationToken);
            if (!gate.IsHeld)
            {
                return default;
            }

            if (TryCount(gate, out OwnerRecord? record))
            {
                return new ReaderLock(this, record, gone is not null && gone.Inherited);
            }

            gone ??= new WriterGone(this);
            if (!_writerSite.Wait(ref gone, gone, deadlineNanoseconds, cancellationToken))
            {
                return default;
            }
        }
    }

    private bool TryCount(MutexLock gate, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OwnerRecord? record)
    {
        record = null;

        // OBSERVE [rwlock] Pairs with the writer's retreat: what it stored is visible to this reader.
        if (_writerActive.ReadAcquire() == 0)
        {
            record = Table.Owners.Take();
            record.Say(_doubt);
            _ = _readers.Increment();
            record.Say(_held);
        }

        gate.Dispose();
        return record is not null;
    }

    private void RaiseWriter()
    {
        StepHook.At("rwlock-write-gate");
        _writerActive.WriteRelease(1);
        StepHook.At("rwlock-write-active");
    }

    private void Announce(MutexLock gate)
    {
        RaiseWriter();

        // FENCE the full fence of the mutex stands between the store above and the look at readers; a reader counts
        //   itself and looks at writer_active under the same mutex. Weaker: a reader and a writer both see the other
        //   absent.
        gate.Dispose();
    }

    private void WakeWriter(int left)
    {
        if (left == 0)
        {
            _readersSite.WakeAll();
        }
        else if (left < 0)
        {
            throw new SegmentCorruptedException(
                $"Could not end a read of lock '{_name}': readers is {left}. A process ended a read that it had not "
                + "begun.",
                "unlock reader", _name, "readers", Format.Number(left));
        }

        GC.KeepAlive(Table);
    }

    private readonly struct NobodyReads(SharedInt32 readers) : IWaitCondition
    {
        // OBSERVE [rwlock] Pairs with the end of the last read.
        public bool IsMet() => readers.ReadAcquire() <= 0;
    }

    /// <summary>A reader's wait for the writer; clears up behind a writer that died.</summary>
    private sealed class WriterGone(ReaderWriterCore core) : IWaitCondition, IWaitWatch
    {
        internal bool Inherited { get; private set; }

        public bool IsMet() => core._writerActive.ReadAcquire() == 0;

        /// <inheritdoc/>
        public bool ReadsRecordsOnly => true;

        public void Look()
        {
            _ = core.Recovery.SettleSite(core._writerSite);
            OwnerRecord record = core.Table.Owners.Take();
            if (core._writersMutex.Settle(record, mayInherit: true))
            {
                Inherited = true;
                core.Retreat(new MutexLock(core._writersMutex, record, abandoned: true));
            }
            else
            {
                record.Release();
            }
        }
    }
}
