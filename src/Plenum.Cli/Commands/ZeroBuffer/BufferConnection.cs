using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Connects a writer, as the commands do it.</summary>
internal static class BufferConnection
{
    internal static ZeroBufferWriter Connect(string name, TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            return ZeroBufferWriter.Connect(name, wait, null, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"connecting to '{name}': no buffer with a living reader within {DurationText.Format(wait)}; start its reader first",
                e);
        }
    }
}
