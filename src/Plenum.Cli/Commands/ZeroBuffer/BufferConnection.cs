using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Connects a writer, as the commands do it.</summary>
internal static class BufferConnection
{
    internal static ZeroBufferWriter Connect(string name, TimeSpan wait, CancellationToken cancellation) =>
        Connect(name, wait, () => ZeroBufferWriter.Connect(name, wait, null, cancellation));

    /// <summary>Connects to the buffer of the first announcement in a file or on stdin.</summary>
    internal static ZeroBufferWriter ConnectAnnounced(string path, TimeSpan wait, CancellationToken cancellation)
    {
        StreamAnnouncement announcement = Find(path, wait, cancellation);
        return Connect(announcement.Name, wait, () => announcement.Connect(wait, null, cancellation));
    }

    private static ZeroBufferWriter Connect(string name, TimeSpan wait, Func<ZeroBufferWriter> connect)
    {
        try
        {
            return connect();
        }
        catch (TimeoutException e)
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"connecting to '{name}': no buffer with a living reader within {DurationText.Format(wait)}; "
                + "start its reader first",
                e);
        }
    }

    private static StreamAnnouncement Find(string path, TimeSpan wait, CancellationToken cancellation)
    {
        // Not disposed when the wait ends first: another thread is still reading it.
        var text = new StreamReader(ByteStreams.OpenInput(path));
        Task<StreamAnnouncement?> search =
            Task.Run(() => StreamAnnouncement.FindAsync(text, CancellationToken.None), cancellation);
        bool ended = search.Wait(wait, cancellation);
        if (ended)
        {
            text.Dispose();
        }

        return ended && search.Result is { } found
            ? found
            : throw CommandException.NotFound(ended
                ? $"no announcement in '{path}': expected > {{\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",…}}"
                : $"no announcement in '{path}' within {DurationText.Format(wait)}");
    }
}
