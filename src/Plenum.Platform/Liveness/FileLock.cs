using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>An exclusive lock on a file that the kernel releases when its holder dies (Unix: <c>flock</c>).</summary>
/// <remarks>
/// <para>After taking the lock the file is compared with what its path leads to, because another process may have removed the
/// file between opening and locking: a lock on a removed file excludes nobody.</para>
/// <para>Not thread-safe; <see cref="Dispose"/> may be called more than once.</para>
/// </remarks>
public sealed unsafe class FileLock : IDisposable
{
    private const int MaxAttempts = 16;

    private readonly NativeFile? _file;
    private readonly FileStream? _stream;

    private FileLock(string path, NativeFile? file, FileStream? stream)
    {
        FilePath = path;
        _file = file;
        _stream = stream;
    }

    /// <summary>The lock file.</summary>
    public string FilePath { get; }

    /// <summary>Takes the lock if nobody holds it; creates the file, and its folder (mode 1777), if they do not exist.</summary>
    /// <param name="path">Absolute path of the lock file.</param>
    /// <param name="fileLock">The lock; disposing it releases it and removes the file.</param>
    /// <param name="permission">Who may lock it after us.</param>
    /// <returns>False when another process (or another object of this one) holds it.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static bool TryAcquire(
        string path, [NotNullWhen(true)] out FileLock? fileLock, SegmentPermission permission = SegmentPermission.Everyone)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        fileLock = OperatingSystem.IsLinux() ? AcquireLinux(path, permission) : AcquirePortable(path);
        return fileLock is not null;
    }

    /// <summary>Whether somebody holds the lock now. Takes it for a moment when nobody does.</summary>
    /// <param name="path">Absolute path of the lock file.</param>
    /// <returns>True when held; false when free; null when the file does not exist or may not be opened.</returns>
    public static bool? IsHeld(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            return null;
        }

        return OperatingSystem.IsLinux() ? IsHeldLinux(path) : IsHeldPortable(path);
    }

    /// <summary>Removes the file, then releases the lock.</summary>
    public void Dispose()
    {
        if (_file is { IsClosed: false })
        {
            // Removed while still held: who opened it before compares inodes and tries again.
            fixed (byte* path = Utf8(FilePath))
            {
                _ = LinuxNative.Unlink(path);
            }

            // Explicitly: a child that was forked a moment ago and has not called exec yet still holds the file description.
            _ = LinuxNative.Flock(_file.Descriptor, LinuxConstants.LOCK_UN);
            _file.Dispose();
        }

        _stream?.Dispose();
    }

    [SupportedOSPlatform("linux")]
    private static FileLock? AcquireLinux(string path, SegmentPermission permission)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        byte[] utf8 = Utf8(path);
        uint mode = UnixMode.Of(permission);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            NativeFile file = OpenOrCreate(utf8, mode, path);
            int result = LinuxNative.Flock(file.Descriptor, LinuxConstants.LOCK_EX | LinuxConstants.LOCK_NB);
            if (result != 0)
            {
                // A probe (ours is shared, the peers' exclusive) holds the lock for a moment; a holder keeps it.
                file.Dispose();
                Thread.Yield();
                continue;
            }

            SegmentInfo held = LinuxFiles.Info(file.Descriptor, "lock file", path);
            if (LinuxFiles.TryInfo(utf8, out SegmentInfo named) && named.Inode == held.Inode && named.Device == held.Device)
            {
                return new FileLock(path, file, null);
            }

            file.Dispose();
        }

        return null;
    }

    [SupportedOSPlatform("linux")]
    private static NativeFile OpenOrCreate(byte[] utf8, uint mode, string path)
    {
        const int flags = LinuxConstants.O_RDWR | LinuxConstants.O_CREAT | LinuxConstants.O_CLOEXEC;
        fixed (byte* pointer = utf8)
        {
            int descriptor = LinuxNative.Open(pointer, flags | LinuxConstants.O_NOFOLLOW, mode);
            int errno = Marshal.GetLastPInvokeError();
            if (descriptor < 0)
            {
                throw PosixErrors.ToException(errno, "lock file", path);
            }

            // The umask narrows the mode; only the file's owner may widen it again, others find it as it is.
            _ = LinuxNative.FChmod(descriptor, mode);
            return new NativeFile(descriptor);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        CreateFolder(Path.GetDirectoryName(folder)!);
        const UnixFileMode shared = UnixFileMode.StickyBit | (UnixFileMode)0x1FF;
        Directory.CreateDirectory(folder);
        try
        {
            // Several users share the folder, as they share /tmp.
            File.SetUnixFileMode(folder, shared);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user created it a moment ago and sets the mode.
        }
    }

    [SupportedOSPlatform("linux")]
    private static bool? IsHeldLinux(string path)
    {
        try
        {
            using NativeFile? file = LinuxFiles.TryOpen(
                Utf8(path), LinuxConstants.O_RDONLY | LinuxConstants.O_CLOEXEC | LinuxConstants.O_NOFOLLOW, "inspect lock", path);
            if (file is null)
            {
                return null;
            }

            // A shared probe: two probes at the same time do not see each other as holders.
            return LinuxNative.Flock(file.Descriptor, LinuxConstants.LOCK_SH | LinuxConstants.LOCK_NB) != 0;
        }
        catch (SharedMemoryException)
        {
            return null;
        }
    }

    private static FileLock? AcquirePortable(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var stream = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            if (OperatingSystem.IsMacOS() && !IsNamed(stream, path))
            {
                // Its holder removed the file after we had opened it: a lock on it excludes nobody.
                stream.Dispose();
                return null;
            }

            return new FileLock(path, null, stream);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [SupportedOSPlatform("macos")]
    private static bool IsNamed(FileStream stream, string path)
    {
        MacNative.StatBuffer held, named;
        fixed (byte* pointer = Utf8(path))
        {
            return MacNative.FStat((int)stream.SafeFileHandle.DangerousGetHandle(), &held) == 0
                && MacNative.Stat(pointer, &named) == 0
                && held.Inode == named.Inode
                && held.Device == named.Device;
        }
    }

    private static bool? IsHeldPortable(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
