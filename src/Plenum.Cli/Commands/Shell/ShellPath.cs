namespace Plenum.Cli.Commands.Shell;

/// <summary>A place in the tree /segment/structure.</summary>
/// <param name="Segment">The segment; null at the root.</param>
/// <param name="Entry">The structure; null for the segment itself.</param>
internal sealed record ShellPath(string? Segment, string? Entry)
{
    internal static ShellPath Root { get; } = new(null, null);

    /// <summary>The place that a text names, seen from here.</summary>
    internal ShellPath Resolve(string text)
    {
        string? segment = text.StartsWith('/') ? null : Segment;
        string? entry = text.StartsWith('/') ? null : Entry;
        foreach (string part in text.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                (segment, entry) = entry is null ? (null, null) : (segment, (string?)null);
            }
            else if (part != ".")
            {
                (segment, entry) = segment is null ? (part, null) : (segment, entry is null ? part : $"{entry}/{part}");
            }
        }

        return new ShellPath(segment, entry);
    }

    /// <inheritdoc/>
    public override string ToString() => Segment is null ? "/" : Entry is null ? $"/{Segment}" : $"/{Segment}/{Entry}";
}
