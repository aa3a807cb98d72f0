using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>The sizes that a buffer can have, checked where the option's name is known.</summary>
internal static class BufferSizes
{
    private const long LargestPayload = 1L << 46;
    private const long LargestMetadata = int.MaxValue - 63L;

    /// <summary>The size of a ring.</summary>
    internal static long Payload(CommandContext context, Option<long> option) =>
        InRange(context, option, 1, LargestPayload);

    /// <summary>The size of a metadata block.</summary>
    internal static long Metadata(CommandContext context, Option<long> option) =>
        InRange(context, option, 0, LargestMetadata);

    private static long InRange(CommandContext context, Option<long> option, long least, long most)
    {
        long value = context.Get(option);
        return value >= least && value <= most
            ? value
            : throw CommandException.Usage(
                $"{option.Name}: {value} bytes were asked for; from {least} to {most} ({SizeText.Format(most)}) "
                + "are possible");
    }
}
