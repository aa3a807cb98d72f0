using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void read</c>: one snapshot, or one after the other.</summary>
internal sealed class VoidReadCommand : PlenumCommand
{
    internal const string Summary = "Read a snapshot, or follow a segment.";

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private readonly Argument<string> _name;
    private readonly Option<string> _format;
    private readonly Option<bool> _follow;
    private readonly Option<double> _rate;
    private readonly Option<long> _count;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _json;

    internal VoidReadCommand()
        : base("read", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _format = Declare(Symbols.Choice(
            "--format", "How to print a snapshot.", "list", "list", "values", "csv", "json", "raw"));
        _follow = Declare(Symbols.Flag("--follow", "Print every new frame until Ctrl-C.", "-f"));
        _rate = Declare(Symbols.Rate("--rate", "With --follow, at most this many snapshots a second.", 60, "60"));
        _count = Declare(Symbols.Number(
            "--count", "With --follow, stop after this many; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _profile = Declare(VoidArguments.Profile());
        _json = Declare(Symbols.Flag("--json", "The same as --format json."));
        Examples = ["plenum void read levels", "plenum void read levels --follow --format csv --rate 10 > levels.csv"];
        Remarks = """
            list: all values on one line; values: a line per channel with its index; csv: frame, time, values; json:
            an object a line; raw: 32-bit floats, little-endian. Exit code 3 when the segment is missing, 4 when it
            is not valid.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = VoidArguments.Name(context.Get(_name));
        var options = new VoidReaderOptions { Profile = VoidArguments.Resolve(context, _profile) };
        long count = context.Get(_count);
        using var output = new VoidFrameOutput(context.Output, context.Get(_json) ? "json" : context.Get(_format));
        if (context.Get(_follow) || count > 1)
        {
            Follow(context, name, options, output, count == 0 ? long.MaxValue : count);
            return ExitCode.Success;
        }

        // One snapshot has time for a writer that is kept from running in the middle of a frame.
        using var reader = new VoidShmReader(name, options with { RetryTime = TimeSpan.FromSeconds(2) });
        float[] values = [];
        return reader.TrySnapshot(ref values, out VoidSnapshot snapshot)
            ? Print(output, snapshot, values)
            : throw VoidArguments.Failure(name, snapshot.Code);
    }

    private static int Print(VoidFrameOutput output, in VoidSnapshot snapshot, float[] values)
    {
        output.Write(snapshot, values.AsSpan(0, snapshot.FloatCount));
        return ExitCode.Success;
    }

    private static void TellIfMissing(CommandContext context, string name, VoidReaderOptions options)
    {
        if (VoidInfo.Read(name, options.Profile) is { IsValid: false } info)
        {
            context.Error.WriteLine(
                $"plenum: following '{name}': {VoidArguments.Failure(name, info.Code).Message}; waiting for it");
        }
    }

    private void Follow(
        CommandContext context, string name, VoidReaderOptions options, VoidFrameOutput output, long count)
    {
        using var reader = new VoidAttachedReader(name, options);
        double period = 1e9 / context.Get(_rate);
        double due = MonotonicClock.Nanoseconds;
        float[] values = new float[64];
        TellIfMissing(context, name, options);
        try
        {
            for (long printed = 0; printed < count;)
            {
                if (reader.WaitForNext(s_patience, context.Cancellation) != VoidWaitResult.NewFrame)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    continue;
                }

                if (!reader.TryRead(values, out VoidSnapshot snapshot))
                {
                    continue;
                }

                if (snapshot.FloatCount > values.Length)
                {
                    values = new float[snapshot.FloatCount];
                    if (!reader.TryRead(values, out snapshot) || snapshot.FloatCount > values.Length)
                    {
                        continue;
                    }
                }

                output.Write(snapshot, values.AsSpan(0, snapshot.FloatCount));
                printed++;

                // By the clock: a late look does not shift all that follow, so a writer of the same rate is not missed.
                due = Math.Max(due + period, MonotonicClock.Nanoseconds - period);
                if (printed < count
                    && !context.Delay(TimeSpan.FromTicks((long)(due - MonotonicClock.Nanoseconds) / 100)))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how following ends.
        }
    }
}
