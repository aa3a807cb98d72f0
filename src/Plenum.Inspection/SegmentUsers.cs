using System.Globalization;
using System.Text;
using Plenum.Platform;

namespace Plenum.Inspection;

/// <summary>Which processes of this machine have which segments mapped, read from the process table once, when first
/// asked.</summary>
/// <remarks>Files are told apart by device and inode, not by the name that the process table shows: a segment that was
/// built without a name keeps none there ("/dev/shm/#33 (deleted)"), and a container's folder may hold another segment
/// of the same name. Processes of other users cannot be seen without privileges; <see cref="IsComplete"/> says whether
/// any was hidden. Not thread-safe.</remarks>
public sealed class SegmentUsers
{
    private static readonly byte[] s_folder = Encoding.UTF8.GetBytes(" /dev/shm/");

    private Dictionary<(ulong Device, ulong Inode), List<SegmentUse>>? _uses;
    private bool _complete = true;

    /// <summary>How long reading the process table took; 0 while nobody asked.</summary>
    internal long ScanNanoseconds { get; private set; }

    /// <summary>False when some process could not be inspected.</summary>
    public bool IsComplete
    {
        get
        {
            _ = Uses;
            return _complete;
        }
    }

    private Dictionary<(ulong Device, ulong Inode), List<SegmentUse>> Uses => _uses ??= Scan();

    /// <summary>The processes that map a segment, other than this one.</summary>
    /// <param name="name">The segment's name without a leading slash.</param>
    public IReadOnlyList<SegmentUse> Of(string name) =>
        Uses.Count > 0 && SegmentDirectory.TryGetInfo(name, out SegmentInfo info)
        && Uses.TryGetValue((info.Device, info.Inode), out List<SegmentUse>? uses) ? uses : [];

    private Dictionary<(ulong Device, ulong Inode), List<SegmentUse>> Scan()
    {
        var uses = new Dictionary<(ulong Device, ulong Inode), List<SegmentUse>>();
        if (!SegmentDirectory.IsSupported)
        {
            _complete = false;
            return uses;
        }

        long start = MonotonicClock.Nanoseconds;
        byte[] buffer = new byte[256 * 1024];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && id != Environment.ProcessId)
            {
                ScanProcess(id, uses, ref buffer);
            }
        }

        ScanNanoseconds = MonotonicClock.Nanoseconds - start;
        return uses;
    }

    private void ScanProcess(int id, Dictionary<(ulong Device, ulong Inode), List<SegmentUse>> uses, ref byte[] buffer)
    {
        try
        {
            int length = 0;
            using (FileStream file = new($"/proc/{id}/maps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0))
            {
                int read;
                while ((read = file.Read(buffer, length, buffer.Length - length)) > 0)
                {
                    length += read;
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, buffer.Length * 2);
                    }
                }
            }

            ReadOnlySpan<byte> text = buffer.AsSpan(0, length);
            int at;
            while ((at = text.IndexOf(s_folder)) >= 0)
            {
                int start = text[..at].LastIndexOf((byte)'\n') + 1;
                int end = text[at..].IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = end < 0 ? text[start..] : text[start..(at + end)];
                Add(id, line, uses);
                text = end < 0 ? [] : text[(at + end)..];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's.
            _complete &= e is not UnauthorizedAccessException;
        }
    }

    // "7f0000000000-7f0000001000 rw-s 00000000 00:1a 123    /dev/shm/name": addresses, rights, offset, device, inode,
    // path. " (deleted)" stands behind the path of a removed segment, and of one that was published by a link.
    private static void Add(
        int id, ReadOnlySpan<byte> line, Dictionary<(ulong Device, ulong Inode), List<SegmentUse>> uses)
    {
        Span<Range> words = stackalloc Range[6];
        string text = Encoding.UTF8.GetString(line);
        if (text.AsSpan().Split(words, ' ', StringSplitOptions.RemoveEmptyEntries) < words.Length
            || !TryParseFile(text[words[3]], text[words[4]], out (ulong Device, ulong Inode) file))
        {
            return;
        }

        bool writable = text[words[1]].Contains('w', StringComparison.Ordinal);
        if (!uses.TryGetValue(file, out List<SegmentUse>? list))
        {
            uses[file] = list = [];
        }

        int known = list.FindIndex(use => use.ProcessId == id);
        if (known < 0)
        {
            list.Add(new SegmentUse(id, writable));
        }
        else if (writable)
        {
            list[known] = new SegmentUse(id, true);
        }
    }

    private static bool TryParseFile(string device, string inode, out (ulong Device, ulong Inode) file)
    {
        int colon = device.IndexOf(':', StringComparison.Ordinal);
        file = default;
        if (colon > 0
            && uint.TryParse(
                device.AsSpan(0, colon), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint major)
            && uint.TryParse(
                device.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint minor)
            && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            file = (((ulong)major << 32) | minor, number);
            return true;
        }

        return false;
    }
}
