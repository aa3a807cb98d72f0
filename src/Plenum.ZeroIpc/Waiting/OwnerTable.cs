using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>This process' owner records in the wait table, and the view of those of the dead.</summary>
/// <remarks>
/// <para>Records live in blocks. A process claims a block by the kernel's lock on the block's first byte; the lock ends
/// with the
/// process, even with one that is killed, so a record that is not free in a block that nobody locks belongs to the
/// dead.</para>
/// <para>Thread-safe. The records that a thread works with stay with the page of its stack, or with its
/// <see cref="ThreadSlot"/>: taking one costs a look into an array and returning it one store; neither touches shared
/// memory.</para>
/// </remarks>
internal sealed class OwnerTable
{
    // A power of two. Few pages get records of their own, so that a thread that comes at many depths does not take all.
    private const int PageCount = 64;
    private const int MaxPagesUsed = 24;

    private readonly WaitTable _table;
    private readonly SharedSegment _segment;
    private readonly long _blocksOffset;
    private readonly uint _blockCount;
    private readonly SharedUInt32 _blocksUsed;
    private readonly Lock _lock = new();
    private readonly Stack<OwnerRecord> _free = new();
    private readonly bool[] _mine;
    private readonly PageRecords[] _pages = new PageRecords[PageCount];
    private ThreadRecords[] _threads = [];
    private int _pagesUsed;

    internal OwnerTable(WaitTable table, SharedSegment segment, long blocksOffset, uint blockCount)
    {
        _table = table;
        _segment = segment;
        _blocksOffset = blocksOffset;
        _blockCount = blockCount;
        _blocksUsed = segment.UInt32(0x40);
        _mine = new bool[blockCount];
    }

    /// <summary>How many blocks a look for dead owners has to visit.</summary>
    internal uint BlocksUsed => Math.Min(_blocksUsed.ReadAcquire(), _blockCount);

    /// <summary>A free record; when every block is taken, one that nobody else can see (no robustness, same
    /// behaviour).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord Take()
    {
        nuint page = StackPage.Current;
        ref PageRecords mine = ref _pages[page % PageCount];
        return mine.Page == page && mine.Lock is { IsLent: false } record ? record.Lend() : TakeSlow(page);
    }

    /// <summary>The same for a lock that remembers the record of the page which uses it most.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal OwnerRecord TakeFar(nuint page, ref OwnerRecord near)
    {
        ref PageRecords mine = ref _pages[page % PageCount];
        OwnerRecord record = mine.Page == page && mine.Lock is { IsLent: false } known ? known.Lend() : TakeSlow(page);
        if (record.Page == page && record.IsDueToBeNear())
        {
            near = record;
        }

        return record;
    }

    /// <summary>The record in which this thread states the step it is taking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord Step()
    {
        nuint page = StackPage.Current;
        ref PageRecords mine = ref _pages[page % PageCount];
        return mine.Page == page && mine.Step is { } record ? record : StepSlow(page);
    }

    /// <summary>The same for a caller that knows its page.</summary>
    /// <param name="page">The page of the caller's frame.</param>
    internal OwnerRecord StepOn(nuint page)
    {
        ref PageRecords mine = ref _pages[page % PageCount];
        return mine.Page == page && mine.Step is { } known ? known : StepSlow(page);
    }

    /// <summary>Takes a record that says at once what is held.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="offset">Offset of the field.</param>
    /// <param name="tag">Kept in the record's aux.</param>
    /// <param name="state">In doubt before the interlocked operation that claims, held after it.</param>
    internal OwnerRecord Claim(ClaimKind kind, long offset, ulong tag, ClaimState state = ClaimState.Held)
    {
        OwnerRecord record = Take();
        record.Aux = tag;
        record.Say(kind, state, offset);
        return record;
    }

    /// <summary>Puts back a cleared record that no thread keeps.</summary>
    internal void Return(OwnerRecord record)
    {
        lock (_lock)
        {
            _free.Push(record);
        }
    }

    /// <summary>The first byte of a block, which is also the byte its owner locks.</summary>
    internal long BlockOffset(uint block) => _blocksOffset + ((long)block * OwnerBlockLayout.SizeBytes);

    private long RecordOffset(uint block, int record) =>
        BlockOffset(block) + 0x40 + (record * OwnerRecordLayout.SizeBytes);

    /// <summary>Cells of one record of any block.</summary>
    internal (SharedUInt64 Claim, SharedUInt64 Aux) Cells(uint block, int record)
    {
        long offset = RecordOffset(block, record);
        return (_segment.UInt64(offset), _segment.UInt64(offset + 8));
    }

    /// <summary>Whether a block's owner is gone. A block of ours, or one being looked at by a newcomer, is not
    /// dead.</summary>
    internal bool IsDead(uint block)
    {
        lock (_lock)
        {
            if (_mine[block])
            {
                return false;
            }
        }

        if (_segment.IsRoleLockedByOther(BlockOffset(block)))
        {
            return false;
        }

        // Systems without kernel locks on ranges know only the process number.
        return OperatingSystem.IsLinux() || Owner(block).Check() == ProcessLiveness.Dead;
    }

    /// <summary>Whether the holder of a turn is gone: its block has another owner since, or none.</summary>
    internal bool IsDeadHolder(ulong holder)
    {
        uint block = (uint)holder - 1;
        return block < _blockCount
            && ((uint)_segment.UInt64(BlockOffset(block) + 0x10).ReadAcquire() != (uint)(holder >> 32)
                || IsDead(block));
    }

    /// <summary>The process that owns, or owned, a block.</summary>
    internal ProcessIdentity Owner(uint block)
    {
        long offset = BlockOffset(block);
        return new ProcessIdentity(
            (long)_segment.UInt64(offset).ReadAcquire(), _segment.UInt64(offset + 8).ReadAcquire());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OwnerRecord TakeSlow(nuint page)
    {
        int slot = ThreadSlot.Ensure();
        lock (_lock)
        {
            if (TryAdoptPage(page, out int entry)
                && (_pages[entry].Lock ??= TakeFree().Keep().GiveTo(page)) is { IsLent: false } record)
            {
                return record.Lend();
            }

            ref ThreadRecords mine = ref Kept(slot);
            mine.First ??= TakeFree().Keep();
            if (!mine.First.IsLent)
            {
                return mine.First.Lend();
            }

            mine.Second ??= TakeFree().Keep();
            return mine.Second.IsLent ? TakeFree() : mine.Second.Lend();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OwnerRecord StepSlow(nuint page)
    {
        ThreadRecords[] threads = _threads;
        int slot = ThreadSlot.Ensure();
        if (slot < threads.Length && threads[slot].Step is { } record)
        {
            return record;
        }

        lock (_lock)
        {
            return TryAdoptPage(page, out int entry)
                ? _pages[entry].Step ??= TakeFree().GiveTo(page)
                : Kept(slot).Step ??= TakeFree();
        }
    }

    // Gives the page an entry if its place is free. Called under _lock.
    private bool TryAdoptPage(nuint page, out int entry)
    {
        entry = (int)(page % PageCount);
        ref PageRecords mine = ref _pages[entry];
        if (mine.Page == 0 && _pagesUsed < MaxPagesUsed)
        {
            _pagesUsed++;

            // PLAIN only the threads that run on this page believe the entry, and this one is the first of them.
            mine.Page = page;
        }

        return mine.Page == page;
    }

    // What is kept for a thread; the array grows as threads come. Called under _lock, so that no store is lost when it
    // is copied. A thread that still reads an older array, or a newer one before its elements, finds null and comes
    // here.
    private ref ThreadRecords Kept(int slot)
    {
        if (slot >= _threads.Length)
        {
            var grown = new ThreadRecords[Math.Max(8, slot * 2)];
            _threads.CopyTo(grown, 0);
            Volatile.Write(ref _threads, grown);
        }

        return ref _threads[slot];
    }

    /// <summary>A free record that no thread keeps.</summary>
    internal OwnerRecord TakeFree()
    {
        lock (_lock)
        {
            if (_free.TryPop(out OwnerRecord? record))
            {
                return record;
            }

            if (TryClaimBlock())
            {
                return _free.Pop();
            }
        }

        return _table.Overflow.Owners.TakeFree();
    }

    // Called under _lock: the kernel lock excludes other openings of the file, not two threads of this one.
    private bool TryClaimBlock()
    {
        for (uint block = 0; block < _blockCount; block++)
        {
            long offset = BlockOffset(block);
            if (_mine[block] || !_segment.TryLockRole(offset))
            {
                continue;
            }

            if (!IsEmpty(block))
            {
                // The dead of this block are not settled yet; their locks are found through it.
                _segment.UnlockRole(offset);
                continue;
            }

            Adopt(block, offset);
            return true;
        }

        return false;
    }

    private void Adopt(uint block, long offset)
    {
        ProcessIdentity self = ProcessIdentity.Current;
        _segment.UInt64(offset).WriteRelease((ulong)self.ProcessId);
        _segment.UInt64(offset + 8).WriteRelease(self.StartTicks);
        ulong generation = _segment.UInt64(offset + 0x10).Increment();
        uint used = _blocksUsed.ReadAcquire();
        while (used <= block)
        {
            // CLAIM the mark only grows; every look for the dead visits this block from now on.
            uint found = _blocksUsed.CompareExchange(block + 1, used);
            if (found == used)
            {
                break;
            }

            used = found;
        }

        _mine[block] = true;
        for (int i = OwnerBlockLayout.RecordCount - 1; i >= 0; i--)
        {
            SharedUInt64Pair cells = _segment.UInt64Pair(RecordOffset(block, i));
            _free.Push(new OwnerRecord(this, cells, (generation << 32) | (block + 1)));
        }
    }

    /// <summary>Whether no record of a block says anything.</summary>
    internal bool IsEmpty(uint block)
    {
        for (int i = 0; i < OwnerBlockLayout.RecordCount; i++)
        {
            if (Cells(block, i).Claim.ReadAcquire() != 0)
            {
                return false;
            }
        }

        return true;
    }
}
