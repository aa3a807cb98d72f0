using System.Text;

namespace Plenum.Platform;

/// <summary>A validated segment name: one path component, at most 255 bytes of UTF-8, without the leading
/// slash.</summary>
/// <remarks>Immutable and thread-safe. Both <c>/name</c> and <c>name</c> are accepted and mean the same segment
/// (spec zerobuffer 1.1, zeroipc 1.2).</remarks>
public sealed class SegmentName : IEquatable<SegmentName>
{
    /// <summary>The longest name in UTF-8 bytes (NAME_MAX of the shared-memory file system).</summary>
    public const int MaxBytes = 255;

    private readonly byte[] _pathUtf8;

    private SegmentName(string value)
    {
        Value = value;
        _pathUtf8 = Encoding.UTF8.GetBytes(SegmentDirectory.LinuxPath + "/" + value + "\0");
    }

    /// <summary>The name without a leading slash.</summary>
    public string Value { get; }

    /// <summary>Zero-terminated path of the segment's file on Linux.</summary>
    internal ReadOnlySpan<byte> LinuxPathUtf8 => _pathUtf8;

    /// <summary>Validates a name.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <exception cref="ArgumentException">The name is empty, <c>.</c> or <c>..</c>, too long, or contains a slash or
    /// NUL.</exception>
    public static SegmentName Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? problem = Problem(name);
        return problem is null
            ? new SegmentName(name[0] == '/' ? name[1..] : name)
            : throw new ArgumentException($"'{name}' is not a segment name: {problem}", nameof(name));
    }

    /// <summary>Validates a name without throwing.</summary>
    /// <param name="name">The name, with or without one leading slash.</param>
    /// <param name="result">The validated name.</param>
    /// <returns>False when the name is not valid.</returns>
    public static bool TryParse(string? name, out SegmentName? result)
    {
        result = name is not null && Problem(name) is null ? new SegmentName(name[0] == '/' ? name[1..] : name) : null;
        return result is not null;
    }

    /// <inheritdoc/>
    public bool Equals(SegmentName? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SegmentName);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name without a leading slash.</summary>
    public override string ToString() => Value;

    private static string? Problem(string name)
    {
        ReadOnlySpan<char> part = name.StartsWith('/') ? name.AsSpan(1) : name;
        if (part.IsEmpty || part is "." or "..")
        {
            return "it needs at least one character and must not be '.' or '..'.";
        }

        if (part.ContainsAny('/', '\0'))
        {
            return "only one leading slash is allowed, and no NUL.";
        }

        int bytes = Encoding.UTF8.GetByteCount(part);
        return bytes > MaxBytes ? $"it has {bytes} bytes in UTF-8, the limit is {MaxBytes}." : null;
    }
}
