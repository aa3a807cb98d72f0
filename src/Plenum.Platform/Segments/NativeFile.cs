using System.Runtime.InteropServices;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>A file descriptor that is closed with its last reference.</summary>
internal sealed class NativeFile : SafeHandle
{
    internal NativeFile(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The number, for a caller that alone owns the object; others take a <see cref="Lease"/>.</summary>
    internal int Descriptor => (int)handle;

    /// <summary>Keeps the descriptor open for one call, so that a concurrent dispose cannot hand its number to another
    /// file.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    internal Lease Borrow() => new(this);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LinuxNative.Close((int)handle) == 0;

    /// <summary>A reference for the length of one call.</summary>
    internal readonly ref struct Lease
    {
        private readonly NativeFile _file;

        internal Lease(NativeFile file)
        {
            bool added = false;
            file.DangerousAddRef(ref added);
            _file = file;
        }

        internal int Descriptor => _file.Descriptor;

        /// <summary>Releases the reference.</summary>
        public void Dispose() => _file.DangerousRelease();
    }
}
