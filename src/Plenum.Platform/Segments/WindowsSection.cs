using System.Runtime.InteropServices;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>A Windows section object; its name lives as long as the last handle of any process.</summary>
internal sealed class WindowsSection : SafeHandle
{
    internal WindowsSection(nint section)
        : base(0, ownsHandle: true) => SetHandle(section);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => WindowsNative.CloseHandle(handle) != 0;
}
