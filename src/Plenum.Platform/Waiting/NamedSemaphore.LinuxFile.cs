using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <content>Linux with glibc: the semaphore's file, complete before it has a name.</content>
/// <remarks>
/// glibc's <c>sem_open(O_CREAT)</c> fills a file named <c>sem.</c> and six random characters, links it to the name and
/// unlinks the first one; a process killed in between leaves that file for ever, and nothing in it says whose it was.
/// Here the same 32 bytes are written to a file without a name, which the kernel frees with its last descriptor.
/// </remarks>
public sealed unsafe partial class NamedSemaphore
{
    private const string CreateOperation = "create semaphore";

    // sizeof(sem_t) on 64-bit Linux, x86-64 and arm64 alike.
    private const int GlibcFileBytes = 32;

    // FUTEX_SHARED in the word behind the 64-bit data; a semaphore of one process' threads has 0 there.
    private const int GlibcPrivateOffset = 8;
    private const int GlibcShared = 0x80;

    private static bool MakesFile => s_glibc
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Makes the file under a name that is free, and opens it as the C library does.</summary>
    /// <returns>Null where a file cannot be made in this way: then the C library is to do it.</returns>
    /// <exception cref="SegmentExistsException">The name is taken, or was taken over at once.</exception>
    /// <exception cref="SharedMemorySpaceException">No room for 32 bytes.</exception>
    [SupportedOSPlatform("linux")]
    private static NamedSemaphore? TryMakeFile(string name, int initialCount, uint mode)
    {
        if (!MakesFile)
        {
            return null;
        }

        byte[] path = Utf8($"{SegmentDirectory.LinuxPath}/sem.{name}");
        byte[]? temporaryPath = null;
        SegmentInfo made;
        try
        {
            using NativeFile file = LinuxFiles.OpenUnnamed(mode, out temporaryPath, name, CreateOperation);
            FillFile(file.Descriptor, initialCount, mode, name);
            StepHook.At("semaphore.filled");

            // PUBLISH [segment-name] Count and kind are in the file before it has its name.
            LinuxFiles.Publish(file.Descriptor, temporaryPath, path, name, CreateOperation);
            made = LinuxFiles.Info(file.Descriptor, CreateOperation, name);
        }
        catch (SharedMemoryException e) when (e is not (SegmentExistsException or SharedMemorySpaceException))
        {
            // No /proc to link from, no links here: what the C library cannot do either, it reports itself.
            return null;
        }
        finally
        {
            LinuxFiles.Discard(temporaryPath);
        }

        StepHook.At("semaphore.named");
        return OpenMade(name, path, made);
    }

    [SupportedOSPlatform("linux")]
    private static NamedSemaphore OpenMade(string name, byte[] path, in SegmentInfo made)
    {
        NamedSemaphore? opened = null;
        try
        {
            opened = OpenLinux(name);
        }
        finally
        {
            if (opened is null && IsNamed(path, made))
            {
                _ = RemoveLinux(name);
            }
        }

        // A file that lost its name cannot get it back: when the name stands for it now, it did at the opening.
        if (opened is not null && IsNamed(path, made))
        {
            return opened;
        }

        opened?.Dispose();
        throw new SegmentExistsException(
            $"Could not {CreateOperation} '{name}': another process removed or replaced it while it was being opened. "
            + "Try again, or choose another name.",
            CreateOperation,
            name);
    }

    [SupportedOSPlatform("linux")]
    private static bool IsNamed(byte[] path, in SegmentInfo file) =>
        LinuxFiles.TryInfo(path, out SegmentInfo now) && now.Inode == file.Inode && now.Device == file.Device;

    [SupportedOSPlatform("linux")]
    private static void FillFile(int descriptor, int initialCount, uint mode, string name)
    {
        byte* image = stackalloc byte[GlibcFileBytes];
        new Span<byte>(image, GlibcFileBytes).Clear();
        *(ulong*)image = (uint)initialCount;
        *(int*)(image + GlibcPrivateOffset) = GlibcShared;

        // 32 bytes to a file in memory: one call writes all of them or none.
        nint written = LinuxNative.PWrite(descriptor, image, GlibcFileBytes, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (written == GlibcFileBytes)
        {
            // The process' umask narrowed the mode that the file was opened with.
            int changed = LinuxNative.FChmod(descriptor, mode);
            errno = Marshal.GetLastPInvokeError();
            if (changed == 0)
            {
                return;
            }
        }

        throw PosixErrors.ToException(
            errno, CreateOperation, name, GlibcFileBytes, LinuxFiles.FreeBytes(descriptor));
    }
}
