using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.Inspection;

/// <summary>Bytes of a segment to look at: a live segment, a copied file, or memory. Nothing is ever mapped or
/// changed.</summary>
/// <remarks>Reading beyond the end is a short read, also when a live segment shrinks meanwhile. Not
/// thread-safe.</remarks>
public abstract class SegmentImage : IDisposable
{
    /// <summary>Initialises the base.</summary>
    /// <param name="name">The segment's name.</param>
    private protected SegmentImage(string name) => Name = name;

    /// <summary>The segment's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Size in bytes now.</summary>
    public abstract long SizeBytes { get; }

    /// <summary>True for a segment of this machine, whose semaphores, locks and processes can be looked up.</summary>
    public abstract bool IsLive { get; }

    /// <summary>What the operating system says about a live segment; null for copies.</summary>
    public abstract SegmentInfo? Info { get; }

    /// <summary>Opens a live segment.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="image">The image; dispose it.</param>
    /// <returns>False when no segment of that name exists.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static bool TryOpen(SegmentName name, [NotNullWhen(true)] out SegmentImage? image)
    {
        ArgumentNullException.ThrowIfNull(name);
        image = SegmentFile.TryOpen(name, out SegmentFile? file) ? new LiveImage(file) : null;
        return image is not null;
    }

    /// <summary>Looks at bytes in memory, such as a copied segment.</summary>
    /// <param name="name">The name to show.</param>
    /// <param name="bytes">The segment's bytes.</param>
    public static SegmentImage FromBytes(string name, ReadOnlyMemory<byte> bytes) => new MemoryImage(name, bytes);

    /// <summary>Reads a copied segment from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file could not be read.</exception>
    public static SegmentImage FromFile(string path) =>
        new MemoryImage(Path.GetFileName(path), File.ReadAllBytes(path));

    /// <summary>Copies bytes.</summary>
    /// <param name="offset">First byte, at least 0.</param>
    /// <param name="destination">Receives them.</param>
    /// <returns>The number copied; fewer than asked for at the end.</returns>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>Whether a process of ours holds the kernel lock of a role (see
    /// <c>SharedSegment.TryLockRole</c>).</summary>
    /// <param name="offset">First byte of the field that names the role's owner.</param>
    /// <param name="length">Length of that field in bytes.</param>
    public virtual bool IsRoleLocked(long offset, long length) => false;

    /// <summary>Copies bytes into a new array, shorter than asked for at the end.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many.</param>
    public byte[] ReadBytes(long offset, int count)
    {
        byte[] bytes = new byte[Math.Max(0, count)];
        int read = offset < 0 ? 0 : Read(offset, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Reads a little-endian 32-bit number; null beyond the end.</summary>
    /// <param name="offset">Its offset.</param>
    public uint? UInt32At(long offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        return offset >= 0 && Read(offset, bytes) == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : null;
    }

    /// <summary>Reads a little-endian 64-bit number; null beyond the end.</summary>
    /// <param name="offset">Its offset.</param>
    public ulong? UInt64At(long offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        return offset >= 0 && Read(offset, bytes) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : null;
    }

    /// <summary>Copies a small region until two copies agree, so that fields of a moving header belong
    /// together.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many.</param>
    /// <param name="settled">False when it kept moving for 16 copies.</param>
    public byte[] ReadSettled(long offset, int count, out bool settled)
    {
        byte[] first = ReadBytes(offset, count);
        for (int attempt = 0; attempt < 16; attempt++)
        {
            byte[] second = ReadBytes(offset, count);
            if (first.AsSpan().SequenceEqual(second))
            {
                settled = true;
                return second;
            }

            first = second;
        }

        settled = false;
        return first;
    }

    /// <summary>Closes the image.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the image holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class LiveImage(SegmentFile file) : SegmentImage(file.Name.Value)
    {
        public override long SizeBytes => file.GetInfo().SizeBytes;

        public override bool IsLive => true;

        public override SegmentInfo? Info => file.GetInfo();

        public override int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public override bool IsRoleLocked(long offset, long length) => file.IsRoleLocked(offset, length);

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class MemoryImage(string name, ReadOnlyMemory<byte> bytes) : SegmentImage(name)
    {
        public override long SizeBytes => bytes.Length;

        public override bool IsLive => false;

        public override SegmentInfo? Info => null;

        public override int Read(long offset, Span<byte> destination)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            if (offset >= bytes.Length)
            {
                return 0;
            }

            int count = (int)Math.Min(destination.Length, bytes.Length - offset);
            bytes.Span.Slice((int)offset, count).CopyTo(destination);
            return count;
        }
    }
}
