using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary><c>plenum zerobuffer read</c>: creates a buffer and reads its frames.</summary>
internal sealed class ReadCommand : PlenumCommand
{
    internal const string Summary = "Create a buffer and read the frames that a writer sends.";

    private readonly Argument<string> _name;
    private readonly Option<long> _metadataSize;
    private readonly Option<long> _payloadSize;
    private readonly Option<long> _frames;
    private readonly Option<long> _size;
    private readonly Option<int> _timeout;
    private readonly Option<string> _verify;
    private readonly Option<bool> _checksum;
    private readonly Option<string?> _output;
    private readonly Option<int> _batch;
    private readonly Option<bool> _announce;
    private readonly Option<bool> _json;

    internal ReadCommand()
        : base("read", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The buffer's name."));
        _metadataSize = Declare(Symbols.Size("--metadata-size", "Size of the metadata block.", 4096, "4096"));
        _payloadSize = Declare(Symbols.Size("--payload-size", "Size of the ring of frames.", 256L << 20, "256MiB"));
        _frames = Declare(Symbols.Number(
            "--frames", "Stop after this many frames; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _size = Declare(Symbols.Size("--size", "Expect frames of this size; 0 for any.", 0, "0", "-s"));
        _timeout = Declare(Symbols.Number(
            "--timeout-ms", "How long to wait for a frame; -1 for ever.", 5000, -1, int.MaxValue));
        _verify = Declare(Symbols.Choice("--verify", "Check the contents.", FramePattern.None,
            FramePattern.None, FramePattern.Sequential, FramePattern.Zero, FramePattern.Ones));
        _checksum = Declare(Symbols.Flag("--checksum", "Report the FNV-1a 64-bit checksum of all payload bytes."));
        _output = Declare(Symbols.FilePath(
            "--output", "Write the frames' bytes to this file, or to stdout with -.", "-o"));
        _batch = Declare(Symbols.Number("--batch-size", "Frames taken before their space is given back.", 1, 1, 4096));
        _announce = Declare(Symbols.Flag(
            "--announce", "First print a line with the buffer's name and sizes, for the writer."));
        _json = Declare(Symbols.Flag(
            "--json-output", "Print the report as one JSON object on the last line.", "--json"));
        Examples =
        [
            "plenum zerobuffer read camera --timeout-ms 10000",
            "plenum zerobuffer read camera --verify sequential -n 1000 --json-output",
            "plenum zerobuffer read video --output - | ffplay -f rawvideo -video_size 1920x1080 -pixel_format rgb24 -",
        ];
        Remarks = """
            Ends after --frames frames, or when the writer is gone and all its frames are read. Exit code: 0, or 1
            when --verify found errors or the writer closed before --frames; 5 no frame within --timeout-ms; 6 the
            writer died.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, context.Get(_name));
        using Stream? output = context.Get(_output) is { } path ? ByteStreams.OpenOutput(path) : null;
        using var reader = ZeroBufferReader.Create(name, new ZeroBufferOptions
        {
            MetadataSizeBytes = BufferSizes.Metadata(context, _metadataSize),
            PayloadSizeBytes = BufferSizes.Payload(context, _payloadSize),
        });
        if (context.Get(_announce))
        {
            Announce(context.Output, reader);
        }

        var run = new ReadRun(reader, new ReadRunOptions
        {
            Frames = context.Get(_frames),
            SizeBytes = context.Get(_size),
            Timeout = TimeSpan.FromMilliseconds(context.Get(_timeout)),
            Batch = context.Get(_batch),
            Pattern = context.Get(_verify),
            Output = output,
            Checksum = context.Get(_checksum) ? new FrameChecksum() : null,
        });
        int code = run.Run(context.Cancellation);
        output?.Flush();
        Report(context, run, context.Get(_output) == "-");
        return Explain(context, run, code);
    }

    private static void Announce(TextWriter output, ZeroBufferReader reader)
    {
        output.WriteLine(StreamAnnouncement.For(reader).ToLine());
        output.Flush();
    }

    private void Report(CommandContext context, ReadRun run, bool toError) =>
        run.Report.Write(context, context.Get(_json), toError, json =>
        {
            json.WriteNumber("verifyErrors", run.VerifyErrors);
            json.WriteNumber("sequenceErrors", run.SequenceErrors);
            json.WriteString("checksum", run.Checksum?.ToString());
            json.WriteString("metadata", run.MetadataBase64);
        }, run.Checksum?.ToString());

    private int Explain(CommandContext context, ReadRun run, int code)
    {
        string? why = code switch
        {
            ExitCode.TimedOut => string.Create(CultureInfo.InvariantCulture,
                $"no frame within {context.Get(_timeout)} ms, after {run.Report.Frames} frames"),
            ExitCode.PeerDied => string.Create(CultureInfo.InvariantCulture,
                $"the writer died after {run.Report.Frames} frames, all of which were read"),
            ExitCode.Problem when run.VerifyErrors + run.SequenceErrors > 0 =>
                string.Create(CultureInfo.InvariantCulture,
                $"verification failed: {run.VerifyErrors} frames with wrong contents, "
                + $"{run.SequenceErrors} out of sequence"),
            ExitCode.Problem => string.Create(CultureInfo.InvariantCulture,
                $"the writer closed after {run.Report.Frames} of {context.Get(_frames)} frames"),
            _ => null,
        };
        if (why is not null)
        {
            context.Output.Flush();
            context.Error.WriteLine($"plenum: reading '{run.Name}': {why}");
        }

        return code;
    }
}
