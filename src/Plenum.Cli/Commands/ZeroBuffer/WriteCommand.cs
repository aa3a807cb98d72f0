using System.CommandLine;
using System.Text;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary><c>plenum zerobuffer write</c>: connects to a buffer and writes frames.</summary>
internal sealed class WriteCommand : PlenumCommand
{
    internal const string Summary = "Connect to a buffer and write frames.";

    private readonly Argument<string?> _name;
    private readonly Option<long> _frames;
    private readonly Option<long> _size;
    private readonly Option<string?> _metadata;
    private readonly Option<string?> _metadataFile;
    private readonly Option<string> _pattern;
    private readonly Option<string?> _input;
    private readonly Option<int> _delay;
    private readonly Option<double> _rate;
    private readonly Option<int> _batch;
    private readonly Option<TimeSpan> _wait;
    private readonly Option<int> _timeout;
    private readonly Option<bool> _checksum;
    private readonly Option<string?> _announcement;
    private readonly Option<bool> _json;

    internal WriteCommand()
        : base("write", Summary)
    {
        _name = Declare(Symbols.OptionalName("NAME", "The buffer's name; not with --from-announcement."));
        _frames = Declare(Symbols.Number(
            "--frames", "Frames to write; with --input, at most this many.", 1000L, 1, long.MaxValue, "-n"));
        _size = Declare(Symbols.Size("--size", "Size of a frame.", 1024, "1024", "-s"));
        _metadata = Declare(Symbols.Text("--metadata", "Metadata as UTF-8 text.", null, "-m"));
        _metadataFile = Declare(Symbols.FilePath("--metadata-file", "Metadata from this file."));
        _pattern = Declare(Symbols.Choice("--pattern", "Contents of the frames.", FramePattern.Sequential,
            FramePattern.Sequential, FramePattern.Random, FramePattern.Zero, FramePattern.Ones));
        _input = Declare(Symbols.FilePath("--input", "Cut this file, or stdin with -, into frames of --size.", "-i"));
        _delay = Declare(Symbols.Number("--delay-ms", "Pause after each frame.", 0, 0, int.MaxValue));
        _rate = Declare(Symbols.Rate("--rate", "Frames a second.", 0, string.Empty));
        _batch = Declare(Symbols.Number(
            "--batch-size", "Frames published together, and between two pauses.", 1, 1, 1 << 20));
        _wait = Declare(Symbols.Duration("--wait", "How long to wait for the buffer.", TimeSpan.FromSeconds(5), "5s"));
        _timeout = Declare(Symbols.Number(
            "--timeout-ms", "How long to wait for space; -1 for ever.", 5000, -1, int.MaxValue));
        _checksum = Declare(Symbols.Flag("--checksum", "Report the FNV-1a 64-bit checksum of all payload bytes."));
        _announcement = Declare(Symbols.FilePath(
            "--from-announcement", "Take the buffer from a reader's announcement in this file, or on stdin with -."));
        _json = Declare(Symbols.Flag(
            "--json-output", "Print the report as one JSON object on the last line.", "--json"));
        Examples =
        [
            "plenum zerobuffer write camera -n 100 -s 6MiB --rate 30",
            "plenum zerobuffer write video --input clip.rgb -s 6220800",
            "plenum zerobuffer read camera --announce | plenum zerobuffer write --from-announcement -",
        ];
        Remarks =
            "Exit code: 3 no buffer within --wait; 5 no space within --timeout-ms; 6 the reader is gone.";
    }

    internal override int Run(CommandContext context)
    {
        using Stream? input = context.Get(_input) is { } path ? ByteStreams.OpenInput(path) : null;
        byte[]? metadata = Metadata(context);
        using ZeroBufferWriter writer = Connect(context);
        if (metadata is not null)
        {
            WriteMetadata(writer, metadata);
        }

        var run = new WriteRun(writer, new WriteRunOptions
        {
            Frames = input is not null && !context.Has(_frames) ? long.MaxValue : context.Get(_frames),
            SizeBytes = FrameSize(context),
            Pattern = context.Get(_pattern),
            Input = input,
            Pause = context.Has(_rate)
                ? TimeSpan.FromSeconds(context.Get(_batch) / context.Get(_rate))
                : TimeSpan.FromMilliseconds(context.Get(_delay)),
            IsPaced = context.Has(_rate),
            Batch = context.Get(_batch),
            Timeout = TimeSpan.FromMilliseconds(context.Get(_timeout)),
            Checksum = context.Get(_checksum) ? new FrameChecksum() : null,
        });
        try
        {
            run.Run(context);
        }
        finally
        {
            string? checksum = run.Checksum?.ToString();
            run.Report.Write(
                context, context.Get(_json), false, json => json.WriteString("checksum", checksum), checksum);
        }

        return ExitCode.Success;
    }

    private ZeroBufferWriter Connect(CommandContext context)
    {
        string? given = context.Get(_name);
        string? announcement = context.Get(_announcement);
        if (given is null == announcement is null)
        {
            throw CommandException.Usage(given is null
                ? "the buffer's NAME is missing; give it, or --from-announcement"
                : "NAME and --from-announcement exclude each other");
        }

        if (announcement == "-" && context.Get(_input) == "-")
        {
            throw CommandException.Usage("--from-announcement - and --input - exclude each other: there is one stdin");
        }

        return given is null
            ? BufferConnection.ConnectAnnounced(announcement!, context.Get(_wait), context.Cancellation)
            : BufferConnection.Connect(
                SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, given), context.Get(_wait), context.Cancellation);
    }

    private byte[]? Metadata(CommandContext context)
    {
        string? text = context.Get(_metadata);
        string? file = context.Get(_metadataFile);
        if (text is not null && file is not null)
        {
            throw CommandException.Usage("--metadata and --metadata-file exclude each other");
        }

        if (file is null)
        {
            return text is null ? null : Encoding.UTF8.GetBytes(text);
        }

        using Stream stream = ByteStreams.OpenInput(file);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private int FrameSize(CommandContext context)
    {
        long size = context.Get(_size);
        return size is > 0 and <= int.MaxValue - 64
            ? (int)size
            : throw CommandException.Usage($"--size: a frame has from 1 to {int.MaxValue - 64} bytes");
    }

    private static void WriteMetadata(ZeroBufferWriter writer, byte[] metadata)
    {
        if (writer.Metadata.IsWritten)
        {
            throw new CommandException(
                ExitCode.Busy,
                    $"writing metadata to '{writer.Name}': the buffer has metadata already, and it is written once");
        }

        writer.Metadata.Write(metadata);
    }
}
