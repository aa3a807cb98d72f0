using System.Runtime.InteropServices;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>Owns one mapping of a segment; unmapped when the last reference is released, or by the finalizer.</summary>
internal sealed partial class MappingHandle : SafeHandle
{
    private readonly long _lengthBytes;

    internal MappingHandle(nint address, long lengthBytes)
        : base(0, ownsHandle: true)
    {
        _lengthBytes = lengthBytes;
        SetHandle(address);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() =>
        // SAFETY: the last reference is gone, so nothing reads or writes the range any more.
        OperatingSystem.IsWindows()
            ? WindowsNative.UnmapViewOfFile(handle) != 0
            : LinuxNative.MUnmap(handle, (nuint)_lengthBytes) == 0;
}
