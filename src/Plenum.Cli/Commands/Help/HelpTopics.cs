using System.Reflection;

namespace Plenum.Cli.Commands.Help;

/// <summary>The texts of <c>plenum help</c>, which are built into the program.</summary>
internal static class HelpTopics
{
    private const string Prefix = "topic.";

    private static readonly Assembly s_assembly = typeof(HelpTopics).Assembly;

    internal static IReadOnlyList<string> Names { get; } =
    [
        .. s_assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A topic's text; null when there is none of that name. Its first line is its title.</summary>
    internal static string? Text(string name)
    {
        using Stream? stream = s_assembly.GetManifestResourceStream(Prefix + name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
