using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary><c>plenum zerobuffer relay</c>: reads one buffer and writes its frames to another.</summary>
internal sealed class RelayCommand : PlenumCommand
{
    internal const string Summary = "Read one buffer and write its frames to another.";

    private readonly Argument<string> _in;
    private readonly Argument<string> _out;
    private readonly Option<long> _frames;
    private readonly Option<bool> _createOutput;
    private readonly Option<long> _bufferSize;
    private readonly Option<int> _timeout;
    private readonly Option<TimeSpan> _wait;
    private readonly Option<string> _transform;
    private readonly Option<int> _xorKey;
    private readonly Option<long> _logInterval;
    private readonly Option<bool> _json;

    internal RelayCommand()
        : base("relay", Summary)
    {
        _in = Declare(Symbols.Name("IN", "The buffer to create and read."));
        _out = Declare(Symbols.Name("OUT", "The buffer to connect to and write."));
        _frames = Declare(Symbols.Number(
            "--frames", "Stop after this many frames; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _createOutput = Declare(Symbols.Flag(
            "--create-output", "When nobody reads OUT, create it here and drain it, so that the relay can run alone."));
        _bufferSize = Declare(Symbols.Size(
            "--buffer-size", "Size of the rings that are created.", 256L << 20, "256MiB"));
        _timeout = Declare(Symbols.Number(
            "--timeout-ms", "How long to wait for a frame, and for space; -1 for ever.", 5000, -1, int.MaxValue));
        _wait = Declare(Symbols.Duration("--wait", "How long to wait for OUT.", TimeSpan.FromSeconds(5), "5s"));
        _transform = Declare(Symbols.Choice(
            "--transform", "What to do with each frame.", "none", "none", "xor", "reverse"));
        _xorKey = Declare(Symbols.Number("--xor-key", "The byte for --transform xor.", 255, 0, 255));
        _logInterval = Declare(Symbols.Number(
            "--log-interval", "Frames between two lines of progress with --verbose; 0 for none.", 100L, 0,
                long.MaxValue));
        _json = Declare(Symbols.Flag(
            "--json-output", "Print the report as one JSON object on the last line.", "--json"));
        Examples = ["plenum zerobuffer relay camera display",
            "plenum zerobuffer relay a b --transform xor --xor-key 90 -n 1000"];
        Remarks = """
            Ends after --frames frames, or when IN's writer is gone and all its frames are relayed; OUT's writer
            then closes. Exit code: 1 IN's writer closed before --frames; 3 OUT did not appear; 5 no frame or no
            space in time; 6 a peer died.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string input = SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, context.Get(_in));
        string output = SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, context.Get(_out));
        if (input == output)
        {
            throw CommandException.Usage($"'{input}' can not be both IN and OUT: the relay would wait for itself");
        }

        var options = new ZeroBufferOptions
        {
            MetadataSizeBytes = 4096,
            PayloadSizeBytes = BufferSizes.Payload(context, _bufferSize),
        };
        using var reader = ZeroBufferReader.Create(input, options);
        using BufferDrain? drain = context.Get(_createOutput) ? BufferDrain.TryStart(output, options) : null;
        using ZeroBufferWriter writer = BufferConnection.Connect(output, context.Get(_wait), context.Cancellation);
        var run = new RelayRun(reader, writer, new RelayRunOptions
        {
            Frames = context.Get(_frames),
            Timeout = TimeSpan.FromMilliseconds(context.Get(_timeout)),
            Transform = context.Get(_transform),
            XorKey = (byte)context.Get(_xorKey),
            LogInterval = context.Verbose ? context.Get(_logInterval) : 0,
        });
        int code = ExitCode.Problem;
        try
        {
            code = run.Run(context);
        }
        finally
        {
            run.Report.Write(context, context.Get(_json), false, json =>
            {
                json.WriteString("input", input);
                json.WriteString("output", output);
            });
        }

        if (code is not (ExitCode.Success or ExitCode.Cancelled))
        {
            context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"plenum: relaying '{input}' to '{output}': {RelayRun.WhyEnded(code)}, "
                + $"after {run.Report.Frames} frames"));
        }

        return code;
    }
}
