using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.WindowsNative;

namespace Plenum.Platform;

/// <content>Windows: named sections backed by the paging file. Compiled, not run.</content>
/// <remarks>Differences: a section appears with its name at once, so <c>initialize</c> runs while others may open it, and formats must
/// publish their magic last; its size is told in whole pages; it ends with the last handle, so there is nothing to remove; pages are
/// committed at creation.</remarks>
public sealed unsafe partial class SharedSegment
{
    private WindowsSection? _section;

    [SupportedOSPlatform("windows")]
    private static SharedSegment CreateWindows(
        SegmentName name, long sizeBytes, Action<SharedSegment>? initialize, SegmentOptions options)
    {
        const string operation = "create segment";
        nint descriptor = Descriptor(options.Permission, name, operation);
        try
        {
            var attributes = new SecurityAttributes { Length = (uint)sizeof(SecurityAttributes), Descriptor = descriptor };
            fixed (char* text = name.Value)
            {
                nint handle = CreateFileMapping(
                    -1,
                    descriptor == 0 ? null : &attributes,
                    PAGE_READWRITE,
                    (uint)(sizeBytes >> 32),
                    (uint)sizeBytes,
                    text);
                int error = Marshal.GetLastPInvokeError();
                if (handle == 0)
                {
                    throw WindowsErrors.ToException(error, operation, name.Value, sizeBytes);
                }

                var section = new WindowsSection(handle);
                if (error == ERROR_ALREADY_EXISTS)
                {
                    section.Dispose();
                    throw WindowsErrors.ToException(error, operation, name.Value, sizeBytes);
                }

                return InitializeOrDispose(MapWindows(name, section, sizeBytes, SegmentAccess.ReadWrite, operation), initialize);
            }
        }
        finally
        {
            _ = LocalFree(descriptor);
        }
    }

    [SupportedOSPlatform("windows")]
    private static SharedSegment? OpenWindows(SegmentName name, SegmentAccess access, long minimumSizeBytes)
    {
        const string operation = "open segment";
        fixed (char* text = name.Value)
        {
            uint rights = access == SegmentAccess.ReadOnly ? FILE_MAP_READ : FILE_MAP_READ | FILE_MAP_WRITE;
            nint handle = OpenFileMapping(rights, 0, text);
            int error = Marshal.GetLastPInvokeError();
            if (handle == 0)
            {
                return error == ERROR_FILE_NOT_FOUND
                    ? null
                    : throw WindowsErrors.ToException(error, operation, name.Value, 0);
            }

            SharedSegment segment = MapWindows(name, new WindowsSection(handle), 0, access, operation);
            if (segment.SizeBytes >= minimumSizeBytes)
            {
                return segment;
            }

            segment.Dispose();
            throw TooSmall(name, segment.SizeBytes, minimumSizeBytes);
        }
    }

    [SupportedOSPlatform("windows")]
    private static SharedSegment MapWindows(
        SegmentName name, WindowsSection section, long sizeBytes, SegmentAccess access, string operation)
    {
        uint rights = access == SegmentAccess.ReadOnly ? FILE_MAP_READ : FILE_MAP_READ | FILE_MAP_WRITE;
        nint address = MapViewOfFile(section.DangerousGetHandle(), rights, 0, 0, (nuint)sizeBytes);
        int error = Marshal.GetLastPInvokeError();
        if (address == 0)
        {
            section.Dispose();
            throw WindowsErrors.ToException(error, operation, name.Value, sizeBytes);
        }

        if (sizeBytes == 0)
        {
            MemoryInformation information;
            _ = VirtualQuery(address, &information, (nuint)sizeof(MemoryInformation));
            sizeBytes = (long)information.RegionSize;
        }

        var info = new SegmentInfo(sizeBytes, sizeBytes, 0, 0, 1, 0, 0, 0, DateTime.UtcNow, DateTime.UtcNow);
        return new SharedSegment(name, new MappingHandle(address, sizeBytes), sizeBytes, access, info) { _section = section };
    }

    // Everyone: full access for the world. Otherwise the process' default, which is its user and the administrators.
    [SupportedOSPlatform("windows")]
    private static nint Descriptor(SegmentPermission permission, SegmentName name, string operation)
    {
        if (permission != SegmentPermission.Everyone)
        {
            return 0;
        }

        nint descriptor = 0;
        fixed (char* text = "D:(A;;GA;;;WD)")
        {
            int done = ToSecurityDescriptor(text, SDDL_REVISION_1, &descriptor, null);
            int error = Marshal.GetLastPInvokeError();
            return done != 0 ? descriptor : throw WindowsErrors.ToException(error, operation, name.Value, 0);
        }
    }
}
