using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>A segment opened for copying only: bytes are read with <c>pread</c>, never mapped.</summary>
/// <remarks>
/// <para>A peer may truncate a segment while it is mapped, and touching the lost pages kills the process. Reading through the
/// file instead makes a truncated or shrinking segment a short read. Used by snapshots and by everything that only looks.</para>
/// <para>Thread-safe except for <see cref="Dispose"/>. Opening allocates one small handle; reading allocates nothing.</para>
/// </remarks>
public sealed unsafe class SegmentFile : IDisposable
{
    private readonly NativeFile _file;

    private SegmentFile(SegmentName name, NativeFile file)
    {
        Name = name;
        _file = file;
    }

    /// <summary>The segment's name.</summary>
    public SegmentName Name { get; }

    /// <summary>Opens a segment for copying.</summary>
    /// <param name="name">The name.</param>
    /// <param name="file">The open file.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <exception cref="SharedMemoryException">The system refused (permission, symbolic link).</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static bool TryOpen(SegmentName name, [NotNullWhen(true)] out SegmentFile? file)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Segments can be read as files on Linux only; map the segment read-only.");
        }

        // O_NONBLOCK: opening a pipe that somebody put there must not wait for its other end.
        const int flags = LinuxConstants.O_RDONLY | LinuxConstants.O_CLOEXEC | LinuxConstants.O_NONBLOCK;
        NativeFile? native = LinuxFiles.TryOpen(
            name.LinuxPathUtf8, flags | LinuxConstants.O_NOFOLLOW, "open segment", name.Value);
        file = native is null ? null : new SegmentFile(name, native);
        return file is not null;
    }

    /// <summary>What the operating system says about the file now (size, owner, mode, times).</summary>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public SegmentInfo GetInfo()
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        return OperatingSystem.IsLinux()
            ? LinuxFiles.Info(_file.Descriptor, "inspect segment", Name.Value)
            : throw new PlatformNotSupportedException();
    }

    /// <summary>Copies bytes out of the segment.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <returns>The number of bytes copied; less than asked for at the end of the file.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public int Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        int done = 0;
        fixed (byte* target = destination)
        {
            while (done < destination.Length)
            {
                nint count = LinuxNative.PRead(
                    _file.Descriptor, target + done, (nuint)(destination.Length - done), offset + done);
                int errno = Marshal.GetLastPInvokeError();
                if (count == 0)
                {
                    break;
                }

                if (count > 0)
                {
                    done += (int)count;
                }
                else if (errno != Errno.EINTR)
                {
                    throw PosixErrors.ToException(errno, "read segment", Name.Value);
                }
            }
        }

        return done;
    }

    /// <summary>Whether somebody holds the kernel lock of a role (see <see cref="SharedSegment.TryLockRole"/>).</summary>
    /// <param name="offset">First byte of the range.</param>
    /// <param name="length">Length of the range in bytes.</param>
    public bool IsRoleLocked(long offset, long length = 1)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        return OperatingSystem.IsLinux() && LinuxFiles.IsRangeLocked(_file.Descriptor, offset, length);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
