namespace Plenum.Cli.Output;

/// <summary>What may be shown where.</summary>
internal static class Terminal
{
    /// <summary>True when colour, progress bars and cursor movement are unwanted everywhere.</summary>
    internal static bool IsPlain =>
        Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("TERM") == "dumb";

    /// <summary>Whether live progress may be drawn on stderr.</summary>
    internal static bool CanDrawProgress => !IsPlain && !Console.IsErrorRedirected;
}
