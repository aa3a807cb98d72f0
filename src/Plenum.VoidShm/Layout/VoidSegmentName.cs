using System.Diagnostics.CodeAnalysis;
using System.Text;
using Plenum.Platform;

namespace Plenum.VoidShm.Layout;

/// <summary>Turns a user's name into a segment's name by a profile's rules (spec voidshm 2.2).</summary>
internal static class VoidSegmentName
{
    internal static bool TryParse(string? name, VoidProfile profile, [NotNullWhen(true)] out SegmentName? result) =>
        Problem(name, profile, out result) is null;

    internal static SegmentName Parse(string name, VoidProfile profile)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? problem = Problem(name, profile, out SegmentName? result);
        return problem is null
            ? result!
            : throw new ArgumentException(
                $"'{name}' is not a VOID segment name under profile '{profile.Name}': {problem}", nameof(name));
    }

    private static string? Problem(string? name, VoidProfile profile, out SegmentName? result)
    {
        result = null;
        string bare = name is null ? string.Empty : name.StartsWith('/') ? name[1..] : name;
        if (bare.Length == 0)
        {
            return "it is empty.";
        }

        string full = profile.NamePrefix + bare;
        int bytes = Encoding.UTF8.GetByteCount(full);
        if (bytes > profile.NameMaxBytes)
        {
            return $"with its prefix it has {bytes} bytes, the profile allows {profile.NameMaxBytes} (31 is what "
                + "macOS can open). "
                + "Shorten it, or raise name.max in the profile.";
        }

        return SegmentName.TryParse(full, out result) ? null : "a name is one path component without slash and NUL.";
    }
}
