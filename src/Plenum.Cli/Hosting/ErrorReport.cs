using System.Reflection;
using Plenum.Cli.Output;
using Plenum.Platform;
using Plenum.Recording;
using Plenum.ZeroBuffer;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Hosting;

/// <summary>Turns a failure into an exit code and one line.</summary>
internal static class ErrorReport
{
    internal static int ExitCodeOf(Exception exception) => exception switch
    {
        CommandException command => command.ExitCode,
        OperationCanceledException => ExitCode.Cancelled,
        SegmentNotFoundException or EntryNotFoundException => ExitCode.NotFound,
        SegmentFormatException or SegmentCorruptedException or RecordingFormatException => ExitCode.Malformed,
        TimeoutException => ExitCode.TimedOut,
        PeerTerminatedException or PeerClosedException => ExitCode.PeerDied,
        FrameSizeException => ExitCode.Usage,
        SegmentBusyException or SegmentExistsException or EntryExistsException => ExitCode.Busy,
        SharedMemoryException or IOException or UnauthorizedAccessException => ExitCode.SystemRefused,
        PlatformNotSupportedException => ExitCode.SystemRefused,
        ArgumentException => ExitCode.Usage,
        _ => ExitCode.Problem,
    };

    internal static string LineOf(Exception exception)
    {
        Exception cause = Unwrap(exception);
        string text = cause switch
        {
            CommandException or SharedMemoryException => cause.Message,
            OperationCanceledException => "cancelled",
            IOException pipe when StandardOutput.IsBrokenPipe(pipe) =>
                "writing to stdout: the program that read from it has ended (broken pipe)",
            IOException or UnauthorizedAccessException or TimeoutException or PlatformNotSupportedException =>
                cause.Message,
            ArgumentException argument => ForPeople(argument),
            FormatException => cause.Message,
            _ => $"unexpected {cause.GetType().Name}: {cause.Message}",
        };
        return OneLine(text);
    }

    internal static string OneLine(string text) =>
        PrintableText.Of(string.Join(
            ' ', text.Split('\n', '\r').Select(part => part.Trim()).Where(part => part.Length > 0)));

    internal static Exception Unwrap(Exception exception)
    {
        Exception current = exception;
        while (current is AggregateException or TargetInvocationException && current.InnerException is { } inner)
        {
            current = inner;
        }

        return current;
    }

    // The parameter's name is the programmer's, and the value stands on a line of its own behind the message.
    private static string ForPeople(ArgumentException exception)
    {
        string message = exception is ArgumentOutOfRangeException { ActualValue: not null }
            ? exception.Message[..Math.Max(0, exception.Message.LastIndexOf('\n'))] : exception.Message;
        return message.Replace($" (Parameter '{exception.ParamName}')", string.Empty, StringComparison.Ordinal);
    }
}
