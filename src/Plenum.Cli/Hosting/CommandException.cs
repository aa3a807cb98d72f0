namespace Plenum.Cli.Hosting;

/// <summary>Ends a command with an exit code and one line for stderr.</summary>
internal sealed class CommandException : Exception
{
    internal CommandException(int exitCode, string message, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    internal int ExitCode { get; }

    /// <summary>A missing or bad argument (exit code 2).</summary>
    internal static CommandException Usage(string message) => new(Output.ExitCode.Usage, message);

    /// <summary>A segment or entry that does not exist (exit code 3).</summary>
    internal static CommandException NotFound(string message) => new(Output.ExitCode.NotFound, message);

    /// <summary>Something that is not what the command needs (exit code 4).</summary>
    internal static CommandException Malformed(string message) => new(Output.ExitCode.Malformed, message);

    /// <summary>A time that passed without the awaited event (exit code 5).</summary>
    internal static CommandException TimedOut(string message) => new(Output.ExitCode.TimedOut, message);
}
