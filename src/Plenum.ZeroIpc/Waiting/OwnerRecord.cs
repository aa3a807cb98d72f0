using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One owner record of this process: says in shared memory what is held, so that others can tell when we are
/// gone.</summary>
/// <remarks>Used by one operation at a time. Stores are plain: whoever reads them for a decision does so after this
/// process died,
/// or takes a state in doubt for what it is. The interlocked operation between two stores orders them.</remarks>
internal sealed class OwnerRecord
{
    private const int FarUsesBetweenMoves = 64;

    private OwnerRecord? _spare;
    private int _farUses;
    private int _stamp;
    private bool _kept;
    private bool _lent;

    internal OwnerRecord(OwnerTable table, SharedUInt64Pair cells, ulong holder)
    {
        Holder = holder;
        Table = table;
        Cells = cells;
    }

    /// <summary>A record of no page: what a structure remembers before its first operation.</summary>
    internal static OwnerRecord None { get; } = new(null!, default, 0);

    /// <summary>The page of stack that keeps it for ever, for its steps or for its locks; 0 for a record that no page
    /// keeps.</summary>
    internal nuint Page { get; private set; }

    /// <summary>The claim word and, behind it, its number.</summary>
    internal SharedUInt64Pair Cells { get; }

    /// <summary>The table it belongs to.</summary>
    internal OwnerTable Table { get; }

    /// <summary>This process as the holder of a turn: block + 1 in the low half, the block's generation in the high
    /// half.</summary>
    internal ulong Holder { get; }

    /// <summary>Counts the uses of this record, so that a token used twice is noticed.</summary>
    internal int Stamp => _stamp;

    /// <summary>Number of the kind (ticket, generation, slot).</summary>
    internal ulong Aux
    {
        // PLAIN only this process stores it.
        get => Cells.Second.ReadOwned();
        set => Cells.Second.WriteOwned(value);
    }

    /// <summary>What the record says now.</summary>
    internal ClaimWord Word => new(Cells.First.ReadOwned());

    /// <summary>States what this process is about to do or has done. Order comes from the interlocked operation around
    /// it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Say(ClaimKind kind, ClaimState state, long offset) =>

        // PLAIN read by others only after this process died, or as a doubt.
        Cells.First.WriteOwned(new ClaimWord(kind, state, offset).Value);

    /// <summary>Says, inside this process, which mutex it holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Hold(CountLock mutex, bool abandoned)
    {
        // The comparison saves the collector's barrier when a thread locks the same mutex again.
        if (Mutex != mutex)
        {
            Mutex = mutex;
        }

        WasAbandoned = abandoned;
    }

    /// <summary>Says, inside this process, which lock it reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Hold(ReaderWriterCore reader, bool abandoned)
    {
        if (Reader != reader)
        {
            Reader = reader;
        }

        WasAbandoned = abandoned;
    }

    /// <summary>Stores a word prepared before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Say(ClaimWord word) => Cells.First.WriteOwned(word.Value);

    /// <summary>A second record that stays with this one, for locks held inside the operation of another: saves a
    /// look-up each.</summary>
    internal OwnerRecord Spare => _spare ??= Table.TakeFree();

    /// <summary>The mutex held, for its lock token: a token of two words is returned in registers.</summary>
    internal CountLock? Mutex { get; private set; }

    /// <summary>The reader-writer lock held for reading, for its lock token.</summary>
    internal ReaderWriterCore? Reader { get; private set; }

    /// <summary>Whether what is held was taken over from an owner that died.</summary>
    internal bool WasAbandoned { get; set; }

    /// <summary>Whether the thread that keeps it has it in use.</summary>
    internal bool IsLent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _lent);
    }

    /// <summary>Counts a use by a structure that remembers the record of another page, and says whether it shall
    /// remember this one instead: now and then, so that a structure follows the thread that uses it most, and threads
    /// that share it do not take its line from each other all the time.</summary>
    internal bool IsDueToBeNear() => _farUses++ % FarUsesBetweenMoves == 0;

    /// <summary>Gives it to a page of stack, for the steps or the locks taken there.</summary>
    internal OwnerRecord GiveTo(nuint page)
    {
        Page = page;
        return this;
    }

    /// <summary>Marks it as kept by a thread for its next lock.</summary>
    internal OwnerRecord Keep()
    {
        _kept = true;
        return this;
    }

    /// <summary>Marks it as in use; only the thread that keeps it does so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord Lend()
    {
        _lent = true;
        return this;
    }

    /// <summary>Says that nothing is held any more and gives the record back, on any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release()
    {
        Cells.First.WriteOwned(0);
        _stamp++;
        if (_kept)
        {
            // The thread that keeps it may use it again, after the stores above.
            Volatile.Write(ref _lent, false);
        }
        else
        {
            Table.Return(this);
        }
    }
}
