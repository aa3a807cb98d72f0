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

    internal int Descriptor => (int)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LinuxNative.Close((int)handle) == 0;
}
