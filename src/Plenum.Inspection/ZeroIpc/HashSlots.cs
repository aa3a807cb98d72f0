using System.Buffers.Binary;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>The slots of a map or set: their states, and whether the keys lie where some hash of the spec puts
/// them.</summary>
internal sealed class HashSlots
{
    private const uint EmptyState = 0;
    private const uint MaxState = 3;
    private const int MaxSteps = 4_000_000;

    private readonly byte[] _bytes;
    private readonly uint _capacity;
    private readonly int _stride;
    private readonly int _count;

    private HashSlots(byte[] bytes, uint capacity, int stride)
    {
        _bytes = bytes;
        _capacity = capacity;
        _stride = stride;
        _count = bytes.Length / stride;
        for (int i = 0; i < _count; i++)
        {
            switch (StateOf(i))
            {
                case 0:
                    // A slot that was ever used keeps its bytes but never becomes empty again.
                    HasBytesInEmptySlots |= _bytes.AsSpan(i * stride, stride).ContainsAnyExcept((byte)0);
                    break;
                case 1:
                    Occupied++;
                    break;
                case 2:
                    Deleted++;
                    break;
                case MaxState:
                    Inserting++;
                    break;
                default:
                    HasWrongState = true;
                    break;
            }
        }
    }

    internal uint Occupied { get; private set; }

    internal uint Deleted { get; private set; }

    internal uint Inserting { get; private set; }

    internal bool HasWrongState { get; private set; }

    internal bool HasBytesInEmptySlots { get; private set; }

    internal static HashSlots Read(EntryView view, long offset, uint capacity, int stride, uint limit) =>
        new(view.Bytes(offset, (long)limit * stride), capacity, stride);

    /// <summary>Whether a hash of the C++ layout explains the place of every key: no empty slot between its home and
    /// it.</summary>
    internal bool CppChainsHold(int keySize, int keyOffset) =>
        _count != _capacity
        || (keySize is 1 or 2 or 4 or 8
            && (Holds(keyOffset, keySize, ZeroIpcHash.Unsigned) || Holds(keyOffset, keySize, ZeroIpcHash.Signed)))
        || Holds(keyOffset, keySize, ZeroIpcHash.Bytes);

    /// <summary>The same for the Python layout.</summary>
    internal bool PythonChainsHold(int keySize) => _count != _capacity || Holds(4, keySize, ZeroIpcHash.Python);

    /// <summary>Whether a byte has the same value in every occupied slot.</summary>
    internal bool AllValuesAre(int offset, byte value)
    {
        for (int i = 0; i < _count; i++)
        {
            if (StateOf(i) == AssociativeKinds.Occupied && _bytes[(i * _stride) + offset] != value)
            {
                return false;
            }
        }

        return true;
    }

    private uint StateOf(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(index * _stride));

    private bool Holds(int keyOffset, int keySize, Func<ReadOnlySpan<byte>, ulong> hash)
    {
        int budget = MaxSteps;
        for (int i = 0; i < _count; i++)
        {
            if (StateOf(i) != AssociativeKinds.Occupied)
            {
                continue;
            }

            ulong home = hash(_bytes.AsSpan((i * _stride) + keyOffset, keySize));
            for (uint step = 0; step < _capacity; step++)
            {
                int at = (int)(unchecked(home + step) % _capacity);
                if (at == i)
                {
                    break;
                }

                if (StateOf(at) == EmptyState)
                {
                    return false;
                }

                if (--budget == 0)
                {
                    // A crowded table of a hostile peer: what was looked at so far holds.
                    return true;
                }
            }
        }

        return true;
    }
}
