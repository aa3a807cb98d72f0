using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.Platform;

/// <summary>A named range of memory that several processes map, and the cells and spans over it.</summary>
/// <remarks>
/// <para><see cref="Create(SegmentName, long, Action{SharedSegment}, SegmentOptions?)"/> builds a segment without a
/// name, lets the caller fill it, and publishes the name last and atomically: no process ever sees a half-initialised
/// segment.</para>
/// <para>Thread-safe. After <see cref="Dispose"/> nothing is handed out any more; the memory stays mapped until the
/// last reference (<see cref="AddReference"/>) is released, so that cells and spans held by an operation in progress
/// stay valid.</para>
/// <para>Only 64-bit little-endian processes are supported: natural alignment then makes each access of a cell
/// atomic.</para>
/// <example>
/// <code>
/// SegmentName name = SegmentName.Parse("/demo");
/// using SharedSegment segment = SharedSegment.Create(name, 4096, s =&gt; s.UInt64(0).WriteOwned(42));
/// SharedUInt64 counter = segment.UInt64(0);
/// counter.Increment();
/// </code>
/// </example>
/// </remarks>
public sealed unsafe partial class SharedSegment : IDisposable
{
    private readonly MappingHandle _mapping;
    private readonly byte* _base;
    private bool _disposed;

    private SharedSegment(
        SegmentName name, MappingHandle mapping, long sizeBytes, SegmentAccess access, SegmentInfo info)
    {
        Name = name;
        _mapping = mapping;
        _base = (byte*)mapping.DangerousGetHandle();
        SizeBytes = sizeBytes;
        Access = access;
        OpenedInfo = info;
    }

    /// <summary>The segment's name.</summary>
    public SegmentName Name { get; }

    /// <summary>Size of the mapping in bytes: the size of the file when it was created or opened.</summary>
    public long SizeBytes { get; }

    /// <summary>How the segment is mapped.</summary>
    public SegmentAccess Access { get; }

    /// <summary>What the operating system said when the segment was created or opened (device and inode identify
    /// it).</summary>
    public SegmentInfo OpenedInfo { get; private set; }

    /// <summary>True after <see cref="Dispose"/>.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Creates a segment exclusively, fills it while nobody can see it, and publishes it atomically.</summary>
    /// <param name="name">The name.</param>
    /// <param name="sizeBytes">Size in bytes, at least 1; may exceed 2 GiB.</param>
    /// <param name="initialize">Fills the zeroed segment before it gets its name; may be null.</param>
    /// <param name="options">Permission, page reservation, pre-fault; null for the defaults.</param>
    /// <returns>The mapped segment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    /// <exception cref="SegmentExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemorySpaceException">The file system has not enough space.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    public static SharedSegment Create(
        SegmentName name, long sizeBytes, Action<SharedSegment>? initialize = null, SegmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, 1);
        ThrowIfUnsupportedProcess();
        options ??= SegmentOptions.Default;
        if (OperatingSystem.IsLinux())
        {
            return CreateLinux(name, sizeBytes, initialize, options);
        }

        if (OperatingSystem.IsMacOS())
        {
            return CreateMacOS(name, sizeBytes, initialize, options);
        }

        return OperatingSystem.IsWindows() ? CreateWindows(name, sizeBytes, initialize, options) : throw Unsupported();
    }

    /// <summary>Opens an existing segment; its size is that of the file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="access">How to map it.</param>
    /// <param name="minimumSizeBytes">Refuses a smaller file (the size of the format's header).</param>
    /// <param name="options">Page reservation and pre-fault; null for the defaults.</param>
    /// <returns>The mapped segment.</returns>
    /// <exception cref="SegmentNotFoundException">No such segment.</exception>
    /// <exception cref="SegmentFormatException">The file is smaller than <paramref name="minimumSizeBytes"/> or not a
    /// regular file.</exception>
    /// <exception cref="SharedMemorySpaceException">A sparse segment's pages could not be reserved.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    public static SharedSegment Open(
        SegmentName name,
        SegmentAccess access = SegmentAccess.ReadWrite,
        long minimumSizeBytes = 1,
        SegmentOptions? options = null) =>
        TryOpen(name, out SharedSegment? segment, access, minimumSizeBytes, options)
            ? segment
            : throw new SegmentNotFoundException(
                $"Could not open segment '{name}': it does not exist. Start the process that creates it, or check the "
                + "name.",
                "open segment",
                name.Value);

    /// <summary>Opens an existing segment, or reports that there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="segment">The mapped segment.</param>
    /// <param name="access">How to map it.</param>
    /// <param name="minimumSizeBytes">Refuses a smaller file.</param>
    /// <param name="options">Page reservation and pre-fault; null for the defaults.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <exception cref="SegmentFormatException">The file is smaller than <paramref name="minimumSizeBytes"/> or not a
    /// regular file.</exception>
    /// <exception cref="SharedMemorySpaceException">A sparse segment's pages could not be reserved.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    public static bool TryOpen(
        SegmentName name,
        [NotNullWhen(true)] out SharedSegment? segment,
        SegmentAccess access = SegmentAccess.ReadWrite,
        long minimumSizeBytes = 1,
        SegmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfUnsupportedProcess();
        options ??= SegmentOptions.Default;
        if (OperatingSystem.IsLinux())
        {
            segment = OpenLinux(name, access, Math.Max(1, minimumSizeBytes), options);
        }
        else if (OperatingSystem.IsMacOS())
        {
            segment = OpenMacOS(name, access, Math.Max(1, minimumSizeBytes));
        }
        else
        {
            segment = OperatingSystem.IsWindows()
                ? OpenWindows(name, access, Math.Max(1, minimumSizeBytes))
                : throw Unsupported();
        }

        return segment is not null;
    }

    /// <summary>Removes a segment's name; processes that have it mapped keep their memory.</summary>
    /// <param name="name">The name.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool Remove(SegmentName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (OperatingSystem.IsLinux())
        {
            return RemoveLinux(name);
        }

        // Windows: a section ends with its last handle; there is no name to remove before.
        return OperatingSystem.IsMacOS() && RemoveMacOS(name);
    }

    /// <summary>Asks the operating system for the segment's present size, names and times (one system call, no
    /// allocation).</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SegmentInfo GetInfo()
    {
        ThrowIfDisposed();
        if (OperatingSystem.IsLinux())
        {
            return GetInfoLinux();
        }

        return OperatingSystem.IsMacOS() ? GetInfoMacOS() : OpenedInfo;
    }

    /// <summary>Whether the segment's name still leads to this memory (it was neither removed nor replaced).</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool IsNamed()
    {
        ThrowIfDisposed();
        if (OperatingSystem.IsLinux())
        {
            return IsNamedLinux();
        }

        return !OperatingSystem.IsMacOS() || IsNamedMacOS();
    }

    /// <summary>Removes the name only if it still leads to this memory, so that a successor's segment is never
    /// removed.</summary>
    /// <returns>True when the name was removed.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public bool RemoveName() => IsNamed() && Remove(Name);

    /// <summary>
    /// Takes the exclusive kernel lock of a role, identified by a byte range; it is released by <see cref="Dispose"/>
    /// and by the death of this process, even while the dead process is not reaped yet. No byte of the segment changes.
    /// On macOS and Windows a role is a lock file named after <paramref name="offset"/>, whatever the length.
    /// </summary>
    /// <param name="offset">First byte of the range (by convention the field that names the role's owner).</param>
    /// <param name="length">Length of the range in bytes.</param>
    /// <returns>False when another open segment object, of this or another process, holds a lock in the
    /// range.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public bool TryLockRole(long offset, long length = 1)
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        return OperatingSystem.IsLinux() ? TryLockRoleLinux(offset, length) : TryLockRolePortable(offset);
    }

    /// <summary>Releases a role taken with <see cref="TryLockRole"/>.</summary>
    /// <param name="offset">First byte of the range.</param>
    /// <param name="length">Length of the range in bytes.</param>
    public void UnlockRole(long offset, long length = 1)
    {
        if (IsDisposed)
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            UnlockRolePortable(offset);
            return;
        }

        try
        {
            UnlockRoleLinux(offset, length);
        }
        catch (ObjectDisposedException)
        {
            // Disposed a moment ago by another thread, which released the role.
        }
    }

    /// <summary>Whether somebody else (another open segment object, of this or another process) holds the role's
    /// lock.</summary>
    /// <param name="offset">First byte of the range.</param>
    /// <param name="length">Length of the range in bytes.</param>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool IsRoleLockedByOther(long offset, long length = 1)
    {
        ThrowIfDisposed();
        return OperatingSystem.IsLinux() ? IsRoleLockedLinux(offset, length) : IsRoleLockedPortable(offset);
    }

    /// <summary>Maps every page of a range into this process, so that no access page-faults later.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the segment.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Prefault(long offset, long length)
    {
        byte* address = At(offset, length, 1);
        if (length > 0 && OperatingSystem.IsLinux())
        {
            PrefaultLinux(address, length);
        }
        else
        {
            PrefaultPortable(address, length);
        }
    }

    /// <summary>Reserves the pages of a range of a segment that was made or opened without
    /// <see cref="SegmentOptions.ReservePages"/>, so that a full file system is an error here and not a SIGBUS at the
    /// first store. Contents are kept; pages that are there stay. Blocks while the kernel clears pages.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <remarks>Does nothing outside Linux, where segments are not sparse.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the segment.</exception>
    /// <exception cref="InvalidOperationException">The segment is mapped read-only.</exception>
    /// <exception cref="SharedMemorySpaceException">The file system has not enough space.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void ReservePages(long offset, long length)
    {
        _ = WritableAt(offset, length, 1);
        if (length > 0 && OperatingSystem.IsLinux())
        {
            ReservePagesLinux(offset, length);
        }
    }

    /// <summary>Keeps the memory mapped until <see cref="ReleaseReference"/>; each endpoint takes one for its
    /// lifetime.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void AddReference()
    {
        ThrowIfDisposed();
        bool added = false;
        _mapping.DangerousAddRef(ref added);
    }

    /// <summary>Releases a reference taken with <see cref="AddReference"/>.</summary>
    public void ReleaseReference() => _mapping.DangerousRelease();

    /// <summary>Hands nothing out any more, releases the role locks, and unmaps when no reference is left.
    /// Idempotent.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            DisposeFile();
            DisposePortable();
            _mapping.Dispose();
        }
    }

    /// <summary>Refuses a cell of another segment.</summary>
    internal void RequireInside(SharedUInt32 word)
    {
        ThrowIfDisposed();
        if ((byte*)word.Address < _base || (byte*)word.Address > _base + SizeBytes - sizeof(uint))
        {
            throw new ArgumentException($"The word does not lie in segment '{Name}'.", nameof(word));
        }
    }

    private static PlatformNotSupportedException Unsupported() => new("Shared segments need Linux, macOS or Windows.");

    private static void ThrowIfUnsupportedProcess()
    {
        if (!Environment.Is64BitProcess || !BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException(
                "Shared segments need a 64-bit little-endian process: the protocols' 64-bit fields are atomic only "
                + "there.");
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    private void ThrowIfReadOnly()
    {
        if (Access == SegmentAccess.ReadOnly)
        {
            throw new InvalidOperationException(
                $"Segment '{Name}' is mapped read-only; open it with SegmentAccess.ReadWrite to store or lock.");
        }
    }

    // SAFETY: the one bounds and alignment check behind every cell, column and span.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(long offset, long length, int alignment)
    {
        if (_disposed || (ulong)offset > (ulong)SizeBytes || (ulong)length > (ulong)(SizeBytes - offset)
            || (offset & (alignment - 1)) != 0)
        {
            ThrowRange(offset, length, alignment);
        }

        return _base + offset;
    }

    [DoesNotReturn]
    private void ThrowRange(long offset, long length, int alignment)
    {
        ThrowIfDisposed();
        throw new ArgumentOutOfRangeException(
            nameof(offset),
            offset,
            $"Segment '{Name}' has {SizeBytes} bytes; {length} bytes at offset {offset} with alignment {alignment} "
            + "are not "
            + "inside it or not aligned.");
    }
}
