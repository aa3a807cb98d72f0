using System.Runtime.InteropServices;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>Pins the calling thread to one processor; for measurements.</summary>
/// <remarks>Acts on the calling thread only.</remarks>
public static unsafe class ProcessorAffinity
{
    /// <summary>The processors the calling thread may run on, ascending.</summary>
    public static IReadOnlyList<int> Available()
    {
        var result = new List<int>();
        if (!OperatingSystem.IsLinux())
        {
            result.AddRange(Enumerable.Range(0, Environment.ProcessorCount));
            return result;
        }

        ulong* mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        _ = LinuxNative.SchedGetAffinity(0, 128, mask);
        for (int i = 0; i < 1024; i++)
        {
            if ((mask[i / 64] >> (i % 64) & 1) != 0)
            {
                result.Add(i);
            }
        }

        return result;
    }

    /// <summary>Pins the calling thread.</summary>
    /// <param name="processor">Index of the processor, 0 to 1023.</param>
    /// <returns>False when the system refused or cannot pin.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public static bool TryPin(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)processor, 1023u, nameof(processor));
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        ulong* mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        mask[processor / 64] = 1UL << (processor % 64);
        return LinuxNative.SchedSetAffinity(0, 128, mask) == 0;
    }
}
