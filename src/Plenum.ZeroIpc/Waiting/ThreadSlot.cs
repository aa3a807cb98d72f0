using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>A small number for each living thread that uses a structure with owner records: the index of what tables
/// keep for the thread.</summary>
/// <remarks>
/// <para>The number of a thread that ended goes to a new thread, which inherits what is kept under it. So no two living
/// threads ever have the same one, and nothing has to be cleared.</para>
/// <para>Worth: a thread-static number is one load behind the thread's base address, a thread-static reference four;
/// every operation of a queue, stack, map or lock needs one (3 to 6 ns each on the machine of
/// docs/performance.md).</para>
/// </remarks>
internal static class ThreadSlot
{
    private static readonly Lock s_lock = new();
    private static readonly Stack<int> s_free = new();
    private static int s_last;

    [ThreadStatic]
    private static int t_slot;

    [ThreadStatic]
    private static Ending? t_ending;

    /// <summary>This thread's number, from 1; 0 when it has none yet.</summary>
    internal static int Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_slot;
    }

    /// <summary>This thread's number; takes one if it has none.</summary>
    internal static int Ensure()
    {
        if (t_slot == 0)
        {
            lock (s_lock)
            {
                t_slot = s_free.TryPop(out int free) ? free : ++s_last;
            }

            t_ending = new Ending(t_slot);
        }

        return t_slot;
    }

    /// <summary>Gives the number back when the thread, the only one that references this, is gone.</summary>
    private sealed class Ending(int slot)
    {
        ~Ending()
        {
            lock (s_lock)
            {
                s_free.Push(slot);
            }
        }
    }
}
