using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>This process' owner records in the wait table, and the view of those of the dead.</summary>
/// <remarks>
/// <para>Records live in blocks. A process claims a block by the kernel's lock on the block's first byte; the lock ends
/// with the
/// process, even with one that is killed, so a record that is not free in a block that nobody locks belongs to the
/// dead.</para>
/// <para>Thread-safe. Taking and returning a record touches no shared memory and costs a thread-static look-up.</para>
/// </remarks>
internal sealed class OwnerTable
{
    [ThreadStatic]
    private static RecordCache? t_cache;

    private readonly WaitTable _table;
    private readonly SharedSegment _segment;
    private readonly long _blocksOffset;
    private readonly uint _blockCount;
    private readonly SharedUInt32 _blocksUsed;
    private readonly Lock _lock = new();
    private readonly Stack<OwnerRecord> _free = new();
    private readonly bool[] _mine;

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
        RecordCache? cache = t_cache;
        return cache is not null && cache.Table == this && cache.TryPop(out OwnerRecord? record) ? record : TakeSlow();
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

    /// <summary>Puts a cleared record back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(OwnerRecord record)
    {
        RecordCache? cache = t_cache;
        if (cache is null || cache.Table != this || !cache.TryPush(record))
        {
            ReturnSlow(record);
        }
    }

    /// <summary>The first byte of a block, which is also the byte its owner locks.</summary>
    internal long BlockOffset(uint block) => _blocksOffset + ((long)block * OwnerBlockLayout.SizeBytes);

    /// <summary>Cells of one record of any block.</summary>
    internal (SharedUInt64 Claim, SharedUInt64 Aux) Cells(uint block, int record)
    {
        long offset = BlockOffset(block) + 0x40 + (record * OwnerRecordLayout.SizeBytes);
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

    private OwnerRecord TakeSlow()
    {
        RecordCache? cache = t_cache;
        if (cache is null || cache.Table != this)
        {
            cache?.Drain();
            t_cache = new RecordCache(this);
        }

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

        return _table.Overflow.Owners.Take();
    }

    private void ReturnSlow(OwnerRecord record)
    {
        lock (_lock)
        {
            _free.Push(record);
        }
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
            (SharedUInt64 claim, SharedUInt64 aux) = Cells(block, i);
            _free.Push(new OwnerRecord(this, claim, aux, (generation << 32) | (block + 1)));
        }
    }

    private bool IsEmpty(uint block)
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

    /// <summary>A few records kept by one thread. Given back when the thread ends (finalizer) or turns to another
    /// table.</summary>
    private sealed class RecordCache(OwnerTable table)
    {
        private const int Size = 2;
        private readonly OwnerRecord?[] _records = new OwnerRecord?[Size];
        private int _count;

        ~RecordCache() => Drain();

        internal OwnerTable Table { get; } = table;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryPop([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OwnerRecord? record)
        {
            int count = _count - 1;
            if (count < 0)
            {
                record = null;
                return false;
            }

            record = _records[count]!;
            _count = count;
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryPush(OwnerRecord record)
        {
            OwnerRecord?[] records = _records;
            int count = _count;
            if ((uint)count >= (uint)records.Length)
            {
                return false;
            }

            records[count] = record;
            _count = count + 1;
            return true;
        }

        internal void Drain()
        {
            while (TryPop(out OwnerRecord? record))
            {
                Table.ReturnSlow(record);
            }
        }
    }
}
