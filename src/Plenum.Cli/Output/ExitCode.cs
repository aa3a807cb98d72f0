namespace Plenum.Cli.Output;

/// <summary>The exit codes of every command; scripts rely on them.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>The command ran but found a problem: verification failed, a check has findings.</summary>
    internal const int Problem = 1;

    /// <summary>Unknown command, missing or bad argument.</summary>
    internal const int Usage = 2;

    /// <summary>Segment or entry not found.</summary>
    internal const int NotFound = 3;

    /// <summary>Unsupported or malformed segment.</summary>
    internal const int Malformed = 4;

    /// <summary>Timed out; for operations that do not wait: empty, full or pending.</summary>
    internal const int TimedOut = 5;

    /// <summary>The peer died.</summary>
    internal const int PeerDied = 6;

    /// <summary>Busy: there is already a writer or reader, or the name exists.</summary>
    internal const int Busy = 7;

    /// <summary>The operating system refused: permission, no space.</summary>
    internal const int SystemRefused = 8;

    /// <summary>Ended by Ctrl-C or SIGTERM.</summary>
    internal const int Cancelled = 130;
}
