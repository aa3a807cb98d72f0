using System.CommandLine;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Hosting;

/// <summary>What a running command has: its parsed arguments, its streams and its cancellation.</summary>
internal sealed class CommandContext(
    ParseResult result, TextWriter output, TextWriter error, bool verbose, CancellationToken cancellation)
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(20);

    /// <summary>Results. Buffered; flushed at the end and by <see cref="TextWriter.Flush"/>.</summary>
    internal TextWriter Output { get; } = output;

    /// <summary>Progress and warnings.</summary>
    internal TextWriter Error { get; } = error;

    internal bool Verbose { get; } = verbose;

    /// <summary>Set by Ctrl-C and SIGTERM.</summary>
    internal CancellationToken Cancellation { get; } = cancellation;

    internal T Get<T>(Option<T> option) =>
        option is ValueOption<T> valued && !Has(option) ? valued.Fallback : result.GetValue(option)!;

    internal T Get<T>(Argument<T> argument) => result.GetValue(argument)!;

    /// <summary>Whether the option stands on the command line, as opposed to its default value.</summary>
    internal bool Has(Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>The value of an option that may be missing.</summary>
    internal T? Find<T>(Option<T> option)
        where T : struct => Has(option) ? result.GetValue(option) : null;

    /// <summary>Waits; returns false when cancelled.</summary>
    internal bool Delay(TimeSpan time)
    {
        // The system's longest wait is 24 days.
        for (; time > s_longestWait; time -= s_longestWait)
        {
            if (Cancellation.WaitHandle.WaitOne(s_longestWait))
            {
                return false;
            }
        }

        return time <= TimeSpan.Zero
            ? !Cancellation.IsCancellationRequested
            : !Cancellation.WaitHandle.WaitOne(time);
    }
}
