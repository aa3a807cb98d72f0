using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.LinuxConstants;

namespace Plenum.Platform;

/// <summary>Opens, copies out of, and closes one segment again and again without allocating and without mapping
/// it.</summary>
/// <remarks>
/// <para>The repeated form of <see cref="SegmentFile"/>, for readers that open the segment for every snapshot. Bytes
/// are read with
/// <c>pread</c>: a truncated or shrinking file is a short read, never a fault. A pipe or a folder of that name is
/// refused
/// without blocking. Outcomes are return values; nothing but misuse throws.</para>
/// <para>Not thread-safe: one thread at a time, <see cref="Dispose"/> included.</para>
/// </remarks>
public sealed unsafe class SegmentSampler : IDisposable
{
    private const int Closed = -1;

    private int _descriptor = Closed;

    /// <summary>Prepares sampling; opens nothing.</summary>
    /// <param name="name">The segment.</param>
    public SegmentSampler(SegmentName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Closes the file if it was left open.</summary>
    ~SegmentSampler() => Close();

    /// <summary>The segment's name.</summary>
    public SegmentName Name { get; }

    /// <summary>Size in bytes when it was opened.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>errno of the last refusal; 0 when the last call succeeded.</summary>
    public int LastErrorCode { get; private set; }

    /// <summary>Opens the segment; a file still open from before is closed first.</summary>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public SegmentOpenStatus Open()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Segments can be read as files on Linux only; map the segment read-only.");
        }

        Close();
        return OpenLinux();
    }

    /// <summary>Asks for the present size in bytes; -1 when the system refused.</summary>
    public long CurrentSizeBytes() =>
        OperatingSystem.IsLinux() ? LinuxNative.LSeek(_descriptor, 0, SEEK_END) : -1;

    /// <summary>Copies values out of the segment.</summary>
    /// <typeparam name="T">The value type.</typeparam>
    /// <param name="offset">First byte in the segment.</param>
    /// <param name="destination">Receives the values.</param>
    /// <returns>The number of bytes copied; less than asked for at the end of the file or when the system
    /// refused.</returns>
    public long Read<T>(long offset, Span<T> destination)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        long wanted = (long)destination.Length * sizeof(T);
        fixed (T* target = destination)
        {
            // SAFETY: the span is pinned and 'wanted' is its length in bytes.
            return ReadBytes(offset, (byte*)target, wanted);
        }
    }

    /// <summary>Closes the file. Idempotent.</summary>
    public void Close()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, Closed);
        if (descriptor != Closed && OperatingSystem.IsLinux())
        {
            _ = LinuxNative.Close(descriptor);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    [SupportedOSPlatform("linux")]
    private SegmentOpenStatus OpenLinux()
    {
        // O_NONBLOCK: opening a pipe that somebody put there must not wait for its other end.
        int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        int descriptor;
        int errno;
        fixed (byte* path = Name.LinuxPathUtf8)
        {
            do
            {
                descriptor = LinuxNative.Open(path, flags, 0);
                errno = Marshal.GetLastPInvokeError();
            }
            while (descriptor < 0 && errno == Errno.EINTR);
        }

        if (descriptor < 0)
        {
            LastErrorCode = errno;
            return errno switch
            {
                Errno.ENOENT => SegmentOpenStatus.NotFound,
                Errno.EACCES or Errno.EPERM => SegmentOpenStatus.Denied,
                Errno.ELOOP => SegmentOpenStatus.NotASegment,
                _ => SegmentOpenStatus.Failed,
            };
        }

        _descriptor = descriptor;

        // The end of a regular file is its size; a pipe has none. A folder has one, but is refused by the first read.
        long size = LinuxNative.LSeek(descriptor, 0, SEEK_END);
        if (size < 0)
        {
            Close();
            return SegmentOpenStatus.NotASegment;
        }

        SizeBytes = size;
        LastErrorCode = 0;
        return SegmentOpenStatus.Opened;
    }

    private long ReadBytes(long offset, byte* target, long wanted)
    {
        long done = 0;
        while (done < wanted)
        {
            nint count = LinuxNative.PRead(_descriptor, target + done, (nuint)(wanted - done), offset + done);
            if (count > 0)
            {
                done += count;
                continue;
            }

            int errno = count == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                LastErrorCode = errno;
                break;
            }
        }

        return done;
    }
}
