using Plenum.Platform;

namespace Plenum.VoidShm.Profiles;

/// <summary>The words that stand for values in a profile file. Each list is in the order of the enumeration it stands
/// for.</summary>
internal static class ProfileWords
{
    internal static readonly string[] Endian = ["little", "big", "native"];
    internal static readonly string[] Width = ["u16", "u32", "i32", "u64"];
    internal static readonly string[] Encoding = ["utf-8", "latin-1"];
    internal static readonly string[] Seed = ["continue", "zero", "one", "time"];
    internal static readonly string[] OnEpoch = ["reset", "keep"];
    internal static readonly string[] Invalidate = ["all", "magic0", "epoch", "unlink"];
    internal static readonly string[] SizeCheck = [">=", "=="];
    internal static readonly string[] SetIndex = ["channel", "flat"];

    private static readonly string[] s_modes = ["0600", "0660", "0666"];

    /// <summary>Position of a word; the default's when the key is absent.</summary>
    internal static int Parse(string key, string? word, string[] words, int absent)
    {
        if (word is null)
        {
            return absent;
        }

        int index = Array.IndexOf(words, word);
        return index >= 0
            ? index
            : throw new FormatException($"Key '{key}' is '{word}'; it must be one of {string.Join(", ", words)}.");
    }

    internal static SegmentPermission Mode(string? word) => Parse("mode", word, s_modes, 0) switch
    {
        0 => SegmentPermission.SameUser,
        1 => SegmentPermission.Group,
        _ => SegmentPermission.Everyone,
    };

    internal static string Mode(SegmentPermission permission) => permission switch
    {
        SegmentPermission.Group => s_modes[1],
        SegmentPermission.Everyone => s_modes[2],
        _ => s_modes[0],
    };
}
