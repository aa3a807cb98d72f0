using System.Globalization;

namespace Plenum.TestPeer;

/// <summary>The long flags of a verb: <c>--name value</c>.</summary>
internal sealed class PeerArguments
{
    private readonly Dictionary<string, string> _values = [];

    public PeerArguments(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i].TrimStart('-');
            bool hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[name] = hasValue ? arguments[++i] : "true";
        }
    }

    public string Text(string name, string? otherwise = null) => _values.TryGetValue(name, out string? value)
        ? value
        : otherwise ?? throw new ArgumentException($"--{name} is missing");

    public long Number(string name, long? otherwise = null) => _values.TryGetValue(name, out string? value)
        ? long.Parse(value, CultureInfo.InvariantCulture)
        : otherwise ?? throw new ArgumentException($"--{name} is missing");

    public bool Flag(string name) => _values.TryGetValue(name, out string? value) && value != "false";
}
