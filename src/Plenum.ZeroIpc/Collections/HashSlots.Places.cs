using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Whether the keys lie where the hash puts them: tells the two layouts apart.</content>
internal partial struct HashSlots<TKey, TValue>
{
    private const uint MaxLayoutSamples = 256;

    /// <summary>
    /// Whether some key lies where a search would not reach it: behind the first EMPTY slot of its chain. Looks at the
    /// first 256 slots. Operations of other processes never bring that about, because a slot never becomes EMPTY again.
    /// </summary>
    internal readonly bool HasMisplacedKey()
    {
        for (uint index = 0; index < Math.Min(_capacity, MaxLayoutSamples); index++)
        {
            if (_rows[index].State.ReadAcquire() == MapHeader.Occupied && !IsReachable(_rows[index].ReadKey(), index))
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool IsReachable(TKey key, uint index)
    {
        ulong hash = Hash(key);
        for (uint i = 0; i < _capacity; i++)
        {
            uint probe = Probe(hash, i);
            if (probe == index)
            {
                return true;
            }

            if (_rows[probe].State.ReadAcquire() == MapHeader.Empty)
            {
                break;
            }
        }

        // Taken out and put elsewhere meanwhile?
        return !IsOccupied(index) || !KeyTraits<TKey>.AreEqual(_rows[index].ReadKey(), key);
    }
}
