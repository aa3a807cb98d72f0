using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.LinuxConstants;

namespace Plenum.Platform;

/// <content>Segments of one process: no other can find them.</content>
public sealed unsafe partial class SharedSegment
{
    /// <summary>Creates a segment that only this process can reach. On Linux it does not lie on the shared-memory file
    /// system, so it also works when that is full or not writable.</summary>
    /// <param name="name">What messages call it; it never appears in the folder of segments.</param>
    /// <param name="sizeBytes">Size in bytes, at least 1.</param>
    /// <param name="initialize">Fills the zeroed segment; may be null.</param>
    /// <returns>The mapped segment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    /// <exception cref="SharedMemorySpaceException">Not enough memory.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    public static SharedSegment CreateUnnamed(
        SegmentName name, long sizeBytes, Action<SharedSegment>? initialize = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, 1);
        ThrowIfUnsupportedProcess();
        NativeFile? file = OperatingSystem.IsLinux() ? TryOpenMemoryFile() : null;
        if (file is null || !OperatingSystem.IsLinux())
        {
            SharedSegment named = Create(name, sizeBytes, initialize);
            _ = named.RemoveName();
            return named;
        }

        return InitializeOrDispose(MapMemoryFile(name, file, sizeBytes), initialize);
    }

    // Null where the kernel or a container's filter does not know the call.
    [SupportedOSPlatform("linux")]
    private static NativeFile? TryOpenMemoryFile()
    {
        fixed (byte* label = "plenum\0"u8)
        {
            // Kernels before 6.3 do not know the second flag; newer ones may be set to insist on it.
            int descriptor = LinuxNative.MemFdCreate(label, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
            if (descriptor < 0)
            {
                descriptor = LinuxNative.MemFdCreate(label, MFD_CLOEXEC);
            }

            return descriptor < 0 ? null : new NativeFile(descriptor);
        }
    }

    [SupportedOSPlatform("linux")]
    private static SharedSegment MapMemoryFile(SegmentName name, NativeFile file, long sizeBytes)
    {
        const string operation = "create unnamed segment";
        bool mapped = false;
        try
        {
            LinuxFiles.SetSize(file.Descriptor, sizeBytes, reserve: false, operation, name.Value);

            // Not LinuxFiles.Reserve: this file system has no limit of its own and says that 0 bytes are free.
            int errno = LinuxNative.PosixFallocate(file.Descriptor, 0, sizeBytes);
            if (errno != 0)
            {
                throw PosixErrors.ToException(errno, operation, name.Value, sizeBytes, -1);
            }

            SharedSegment segment = MapLinux(
                name, file, sizeBytes, SegmentAccess.ReadWrite, SegmentOptions.Default, operation);
            mapped = true;
            return segment;
        }
        finally
        {
            if (!mapped)
            {
                file.Dispose();
            }
        }
    }
}
