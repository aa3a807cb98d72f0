using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>A full fence between two processes that costs the frequent side nothing and the rare side a system
/// call.</summary>
/// <remarks>
/// <para>For "store a value, then look whether anybody sleeps" against "say that I sleep, then look at the value". Both
/// sides need a full fence between their store and their load. The frequent side calls <see cref="Light"/>, the rare
/// side <see cref="TryHeavy"/>, which makes the kernel run the fence on every processor that executes a registered
/// process (<c>membarrier</c>, global expedited).</para>
/// <para>A process that cannot register executes a real fence in <see cref="Light"/>. A process whose
/// <see cref="TryHeavy"/> fails must not sleep for long, because it cannot know whether the other side relies on
/// it.</para>
/// <para>Measured worth: a real fence and look on each message lowers a ring of 8-byte messages from about 170 to 65
/// million messages a second; the heavy side costs about 9 µs. Thread-safe.</para>
/// </remarks>
public static class AsymmetricFence
{
    private static readonly bool s_isRegistered = Register();

    /// <summary>Whether <see cref="Light"/> is free in this process, because the kernel fences for it.</summary>
    public static bool IsLight => s_isRegistered;

    /// <summary>The frequent side: between its store and its load. Does not block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Light()
    {
        if (!s_isRegistered)
        {
            // FENCE nobody fences for this process: the caller's store, then its load.
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>The rare side: between its store and its load. A system call of some microseconds.</summary>
    /// <returns>False when the system has no such fence; the caller then looks again by itself after a short
    /// time.</returns>
    public static bool TryHeavy()
    {
        Interlocked.MemoryBarrier();
        return OperatingSystem.IsLinux() && TryHeavyLinux();
    }

    private static bool Register() => OperatingSystem.IsLinux() && RegisterLinux();

    [SupportedOSPlatform("linux")]
    private static bool RegisterLinux() => LinuxNative.MemoryBarrier(
        LinuxNative.SYS_membarrier, LinuxNative.MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;

    [SupportedOSPlatform("linux")]
    private static bool TryHeavyLinux() => LinuxNative.MemoryBarrier(
        LinuxNative.SYS_membarrier, LinuxNative.MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0;
}
