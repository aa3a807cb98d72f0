using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>Which processes have which files of the segment folder open or mapped.</summary>
internal sealed class OpenFiles
{
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<(ulong Device, ulong Inode), int> _openInodes = [];
    private readonly SegmentUsers _mapped;
    private readonly bool _complete = true;

    internal OpenFiles(SegmentUsers mapped)
    {
        _mapped = mapped;
        string folder = SegmentDirectory.Path + "/";
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && id != Environment.ProcessId)
            {
                _complete &= Scan(id, folder);
            }
        }
    }

    /// <summary>False when some process could not be inspected.</summary>
    internal bool IsComplete => _complete && _mapped.IsComplete;

    /// <summary>Some process that uses the file, or another folder's file of the same name: where it matters whether
    /// something may be removed, it is better to see one user too many; null for none.</summary>
    internal int? UserOf(string fileName) =>
        _mapped.Of(fileName) is { Count: > 0 } uses ? uses[0].ProcessId
        : SegmentDirectory.TryGetInfo(fileName, out SegmentInfo info)
            && _openInodes.TryGetValue((info.Device, info.Inode), out int opener) ? opener
        : _open.TryGetValue(fileName, out int id) ? id
        : null;

    private bool Scan(int id, string folder)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries($"/proc/{id}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target
                    && target.StartsWith(folder, StringComparison.Ordinal))
                {
                    _open[target[folder.Length..]] = id;

                    // The link leads to the file itself, also where its name is not the one it was opened by.
                    if (SegmentDirectory.TryGetInfo(descriptor, out SegmentInfo info))
                    {
                        _openInodes[(info.Device, info.Inode)] = id;
                    }
                }
            }

            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return true;
        }
    }
}
