using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary><c>plenum record</c>: a segment's data, with times, into a file.</summary>
internal sealed class RecordCommand : PlenumCommand
{
    internal const string Summary = "Record frames, snapshots or values with their times into a file.";

    private readonly Argument<string> _segment;
    private readonly Argument<string?> _entry;
    private readonly Option<string?> _output;
    private readonly Option<double> _seconds;
    private readonly Option<long> _count;
    private readonly Option<string?> _tee;
    private readonly Option<long> _payloadSize;
    private readonly Option<long> _metadataSize;
    private readonly Option<TimeSpan> _wait;
    private readonly Option<string?> _policy;
    private readonly Option<long> _queueSize;
    private readonly Option<string?> _profile;
    private readonly Option<string?> _type;
    private readonly Option<bool> _json;

    internal RecordCommand()
        : base("record", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "The segment's name. One that does not exist yet is a ZeroBuffer."));
        _entry = Declare(Symbols.OptionalName("ENTRY", "A signal, stream, ring, queue, channel or broadcast."));
        _output = Declare(Symbols.FilePath("--output", "The file; replaced when it exists. - is stdout.", "-o"));
        _output.Required = true;
        _seconds = Declare(Symbols.Rate("--seconds", "Stop after this time.", 0, string.Empty));
        _count = Declare(Symbols.Number("--count", "Stop after this many items; 0 for no limit.", 0L, 0,
            long.MaxValue, "-n"));
        _tee = Declare(Symbols.Text("--tee", "Pass each frame on to this buffer, whose reader is there already."));
        _payloadSize = Declare(Symbols.Size("--payload-size", "Size of the buffer's ring.", 256L << 20, "256MiB"));
        _metadataSize = Declare(Symbols.Size("--metadata-size", "Size of the buffer's metadata block.", 4096, "4096"));
        _wait = Declare(Symbols.Duration(
            "--wait", "How long to wait for a VOID segment, or for the buffer of --tee.", TimeSpan.FromSeconds(5),
            "5s"));
        _policy = Declare(Symbols.Text(
            "--policy", "When the disk is slower: block, drop, or block:TIME and then drop.", "block"));
        _queueSize = Declare(Symbols.Size("--queue-size", "Most bytes that wait for the disk.", 128L << 20, "128MiB"));
        _profile = Declare(Void.VoidArguments.Profile());
        _type = Declare(Symbols.Text("--type", "Element type of a ZeroIPC structure, for example f64."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum record camera --output camera.plr --seconds 60",
            "plenum record camera --output camera.plr --tee display",
            "plenum record levels --output levels.plr --count 1000",
            "plenum record sensors temperature --type f64 --output temperature.plr",
        ];
        Remarks = """
            A ZeroBuffer has one reader, and the recorder is it: it creates the buffer, as 'plenum zerobuffer read'
            does, and with --tee passes every frame on to the buffer of another reader. VOID snapshots and ZeroIPC
            values are recorded beside their readers, which do not notice.

            Ends at --count, after --seconds, when the writer is gone or closed the stream, or with Ctrl-C; the file is
            complete in each case. When the recorder is killed, everything it wrote stays readable. The format is
            docs/recording.md.

            Exit code: 0; 1 the writer closed before --count; 3 no such segment or entry; 6 the writer died, or the
            reader of --tee; 7 the buffer has a reader already; 8 the file cannot be written; 130 Ctrl-C.
            """;
    }

    internal override int Run(CommandContext context)
    {
        var options = new RecordingWriterOptions
        {
            QueueBytes = Math.Max(1, context.Get(_queueSize)),
            MaximumWait = ParsePolicy(context.Get(_policy)!),
        };
        using RecordingSource source = RecordingSources.Open(context, new RecordingRequest
        {
            Segment = context.Get(_segment),
            Entry = context.Get(_entry),
            Tee = context.Get(_tee),
            MetadataSizeBytes = context.Get(_metadataSize),
            PayloadSizeBytes = context.Get(_payloadSize),
            Wait = context.Get(_wait),
            Profile = Void.VoidArguments.Resolve(context, _profile),
            HasTimeLimit = context.Has(_seconds),
            ElementType = context.Get(_type),
        });
        string file = context.Get(_output)!;
        using RecordingWriter recording = Create(file, source.Description, options);
        var run = new RecordRun(source, recording)
        {
            Count = context.Get(_count),
            Duration = context.Has(_seconds) ? TimeSpan.FromSeconds(Math.Min(context.Get(_seconds), 1e9)) : null,
        };
        int code = run.Run(context.Cancellation);
        recording.Complete();
        run.Report(file == "-" ? context.Error : context.Output, file, context.Get(_json));
        return Explain(context, source, run, code);
    }

    private static RecordingWriter Create(string file, RecordingDescription description, RecordingWriterOptions options)
    {
        if (file == "-")
        {
            return new RecordingWriter(ByteStreams.OpenOutput(file), "standard output", description, options);
        }

        try
        {
            return RecordingWriter.Create(file, description, options);
        }
        catch (DirectoryNotFoundException)
        {
            throw CommandException.Usage($"cannot write '{file}': its folder does not exist");
        }
    }

    private static TimeSpan ParsePolicy(string text) => text switch
    {
        "block" => Timeout.InfiniteTimeSpan,
        "drop" => TimeSpan.Zero,
        _ when text.StartsWith("block:", StringComparison.Ordinal)
            && DurationText.TryParse(text["block:".Length..], out TimeSpan time) => time,
        _ => throw CommandException.Usage($"--policy: '{text}' is not block, drop or block:TIME, such as block:50ms"),
    };

    private static int Explain(CommandContext context, RecordingSource source, RecordRun run, int code)
    {
        string? why = code switch
        {
            ExitCode.PeerDied => "the writer died; everything it sent is recorded",
            ExitCode.Problem => "the writer closed before --count",
            _ => null,
        };
        if (source.Trouble is { } trouble && code is ExitCode.Success or ExitCode.Problem)
        {
            (code, why) = trouble;
        }

        if (why is not null)
        {
            context.Output.Flush();
            context.Error.WriteLine($"plenum: recording '{source.Description.Segment}': {ErrorReport.OneLine(why)}");
        }

        long lost = run.Lost;
        if (lost > 0)
        {
            context.Error.WriteLine(
                $"plenum: recording '{source.Description.Segment}': {lost} {source.ItemsText} were dropped, because "
                + "the disk "
                + "was slower; --queue-size and --policy decide that");
        }

        return code;
    }
}
