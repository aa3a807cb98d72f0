using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

/// <summary>Windows. Every caller reads the error code on the line after the call.</summary>
internal static unsafe partial class WindowsNative
{
    internal const uint PAGE_READWRITE = 4;
    internal const uint FILE_MAP_WRITE = 2;
    internal const uint FILE_MAP_READ = 4;
    internal const int ERROR_FILE_NOT_FOUND = 2;
    internal const int ERROR_ACCESS_DENIED = 5;
    internal const int ERROR_NOT_ENOUGH_MEMORY = 8;
    internal const int ERROR_DISK_FULL = 112;
    internal const int ERROR_ALREADY_EXISTS = 183;
    internal const int ERROR_COMMITMENT_LIMIT = 1455;
    internal const uint SDDL_REVISION_1 = 1;

    private const string Kernel = "kernel32";
    private const string Synch = "api-ms-win-core-synch-l1-2-0";

    [LibraryImport(Kernel, EntryPoint = "CreateFileMappingW", SetLastError = true)]
    internal static partial nint CreateFileMapping(
        nint file, SecurityAttributes* attributes, uint protection, uint sizeHigh, uint sizeLow, char* name);

    [LibraryImport(Kernel, EntryPoint = "OpenFileMappingW", SetLastError = true)]
    internal static partial nint OpenFileMapping(uint access, int inherit, char* name);

    [LibraryImport(Kernel, EntryPoint = "MapViewOfFile", SetLastError = true)]
    internal static partial nint MapViewOfFile(nint section, uint access, uint offsetHigh, uint offsetLow, nuint length);

    [LibraryImport(Kernel, EntryPoint = "UnmapViewOfFile", SetLastError = true)]
    internal static partial int UnmapViewOfFile(nint address);

    [LibraryImport(Kernel, EntryPoint = "VirtualQuery", SetLastError = true)]
    internal static partial nuint VirtualQuery(nint address, MemoryInformation* information, nuint length);

    [LibraryImport(Kernel, EntryPoint = "CloseHandle", SetLastError = true)]
    internal static partial int CloseHandle(nint handle);

    [LibraryImport(Kernel, EntryPoint = "LocalFree")]
    internal static partial nint LocalFree(nint memory);

    [LibraryImport("advapi32", EntryPoint = "ConvertStringSecurityDescriptorToSecurityDescriptorW", SetLastError = true)]
    internal static partial int ToSecurityDescriptor(char* text, uint revision, nint* descriptor, uint* size);

    /// <summary>Process-local: it wakes threads of this process that wait on the same address, and no others.</summary>
    [LibraryImport(Synch, EntryPoint = "WaitOnAddress", SetLastError = true)]
    internal static partial int WaitOnAddress(uint* address, uint* compare, nuint size, uint milliseconds);

    [LibraryImport(Synch, EntryPoint = "WakeByAddressSingle")]
    internal static partial void WakeByAddressSingle(uint* address);

    [LibraryImport(Synch, EntryPoint = "WakeByAddressAll")]
    internal static partial void WakeByAddressAll(uint* address);

    /// <summary>SECURITY_ATTRIBUTES (64-bit).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SecurityAttributes
    {
        internal uint Length;
        internal nint Descriptor;
        internal int InheritHandle;
    }

    /// <summary>MEMORY_BASIC_INFORMATION (64-bit).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    internal struct MemoryInformation
    {
        [FieldOffset(0)] internal nint BaseAddress;
        [FieldOffset(24)] internal nuint RegionSize;
    }
}
