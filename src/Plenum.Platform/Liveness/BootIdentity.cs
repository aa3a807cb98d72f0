namespace Plenum.Platform;

/// <summary>Identifies the present boot of the machine, for times and numbers that mean nothing after a
/// restart.</summary>
/// <remarks>Thread-safe.</remarks>
public static class BootIdentity
{
    private static readonly Lazy<Guid> s_current = new(Read);

    /// <summary>The kernel's boot id on Linux; elsewhere a value derived from the time of the boot, to the
    /// minute.</summary>
    public static Guid Current => s_current.Value;

    private static Guid Read()
    {
        const string path = "/proc/sys/kernel/random/boot_id";
        if (OperatingSystem.IsLinux() && File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out Guid id))
        {
            return id;
        }

        long minute = DateTime.UtcNow.AddMilliseconds(-Environment.TickCount64).Ticks / TimeSpan.TicksPerMinute;
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, minute);
        return new Guid(bytes);
    }
}
