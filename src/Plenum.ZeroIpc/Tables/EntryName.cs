using System.Text;

namespace Plenum.ZeroIpc;

/// <summary>Names of entries as bytes: UTF-8, at most 31, because the 32nd is the terminator (spec zeroipc
/// 1.2).</summary>
internal static class EntryName
{
    internal const int MaxBytes = TableEntry.NameSizeBytes - 1;

    /// <summary>Validates the name of an entry that is to be created.</summary>
    /// <param name="name">The name.</param>
    /// <param name="longestSuffix">The longest suffix that companions of a composite structure append.</param>
    /// <exception cref="ArgumentException">The name is empty, contains NUL, or is too long in UTF-8 bytes.</exception>
    internal static void Validate(string name, string longestSuffix = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The name of an entry needs at least one character and no NUL.", nameof(name));
        }

        int bytes = Encoding.UTF8.GetByteCount(name);
        int limit = MaxBytes - Encoding.UTF8.GetByteCount(longestSuffix);
        if (bytes > limit)
        {
            string why = longestSuffix.Length == 0 ? string.Empty : $", because '{longestSuffix}' is appended for its "
                + "parts";
            throw new ArgumentException(
                $"'{name}' has {bytes} bytes in UTF-8; the limit is {limit}{why}. Choose a shorter name.",
                nameof(name));
        }
    }

    /// <summary>Encodes a name to look for; false when no entry can have it.</summary>
    internal static bool TryEncode(string name, Span<byte> bytes, out int length)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Encoding.UTF8.TryGetBytes(name, bytes[..MaxBytes], out length)
            && !bytes[..length].Contains((byte)0);
    }

    /// <summary>The bytes of a stored name before its terminator; all 32 when it has none.</summary>
    internal static ReadOnlySpan<byte> Stored(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    internal static string Decode(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(Stored(field));
}
