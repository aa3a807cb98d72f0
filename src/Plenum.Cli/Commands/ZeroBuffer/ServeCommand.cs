using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary><c>plenum zerobuffer serve</c>: a duplex server, until Ctrl-C.</summary>
internal sealed class ServeCommand : PlenumCommand
{
    internal const string Summary = "Answer the requests of a duplex channel, until Ctrl-C.";

    private readonly Argument<string> _name;
    private readonly Option<string> _mode;
    private readonly Option<int> _xorKey;
    private readonly Option<bool> _inPlace;
    private readonly Option<long> _payloadSize;
    private readonly Option<bool> _pool;
    private readonly Option<long> _requests;
    private readonly Option<bool> _json;
    private readonly Lock _errorLock = new();

    internal ServeCommand()
        : base("serve", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The channel."));
        _mode = Declare(Symbols.Choice(
            "--mode", "What to answer.", ServeTransform.Echo, ServeTransform.Echo, ServeTransform.Reverse,
            ServeTransform.Xor));
        _xorKey = Declare(Symbols.Number("--xor-key", "The byte for --mode xor.", 255, 0, 255));
        _inPlace = Declare(Symbols.Flag(
            "--in-place", "Edit requests where they are (protocol version 2): clients need --in-place too."));
        _payloadSize = Declare(Symbols.Size("--payload-size", "Room for requests.", 64L << 20, "64MiB"));
        _pool = Declare(Symbols.Flag("--pool", "Handle several requests at a time."));
        _requests = Declare(Symbols.Number(
            "--requests", "End after this many requests; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _json = Declare(Symbols.Flag(
            "--json-output", "Print the report as one JSON object on the last line.", "--json"));
        Examples = ["plenum zerobuffer serve filter --mode xor --xor-key 90", "plenum zerobuffer serve filter "
            + "--in-place"];
        Remarks = """
            Clients of all languages are served, one at a time; the next one when it has left or died. Start either
            end first. Exit code: 7 the channel has a server; 130 ended by Ctrl-C; 0 after --requests.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, context.Get(_name));
        var transform = new ServeTransform(context.Get(_mode), (byte)context.Get(_xorKey));
        using var enough = new CountdownEvent(1);
        var run = new ServeRun(transform, context.Get(_requests), enough);
        DuplexProcessing processing = context.Get(_pool) ? DuplexProcessing.ThreadPool : DuplexProcessing.SingleThread;
        using (IDisposable server = context.Get(_inPlace)
            ? StartInPlace(context, name, run, processing)
            : StartCopying(context, name, run, processing))
        {
            context.Error.WriteLine($"plenum: serving '{name}' ({context.Get(_mode)})");
            context.Error.Flush();
            WaitHandle.WaitAny([context.Cancellation.WaitHandle, enough.WaitHandle]);
        }

        Report(context, name, run);
        return run.IsEnough ? ExitCode.Success : ExitCode.Cancelled;
    }

    private void Report(CommandContext context, string name, ServeRun run)
    {
        if (context.Get(_json))
        {
            JsonOutput.Line(context.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("requests", run.Requests);
                json.WriteNumber("requestBytes", run.Bytes);
                json.WriteNumber("errors", run.Errors);
                json.WriteEndObject();
            });
            return;
        }

        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: answered {run.Requests} requests, {SizeText.Format(run.Bytes)}, {run.Errors} errors"));
    }

    private DuplexServer StartCopying(
        CommandContext context, string name, ServeRun run, DuplexProcessing processing)
    {
        DuplexServer server = DuplexServer.Start(name, run.Handle, new DuplexServerOptions
        {
            Buffer = new ZeroBufferOptions
            {
                MetadataSizeBytes = 4096,
                PayloadSizeBytes = BufferSizes.Payload(context, _payloadSize),
            },
            Processing = processing,
        });
        server.Error += (_, error) => Note(context, run, error);
        return server;
    }

    private InPlaceServer StartInPlace(
        CommandContext context, string name, ServeRun run, DuplexProcessing processing)
    {
        InPlaceServer server = InPlaceServer.Start(name, run.Edit, new InPlaceServerOptions
        {
            PayloadSizeBytes = BufferSizes.Payload(context, _payloadSize),
            Processing = processing,
        });
        server.Error += (_, error) => Note(context, run, error);
        return server;
    }

    private void Note(CommandContext context, ServeRun run, DuplexServerError error)
    {
        run.CountError();
        string line = $"plenum: request {error.RequestSequence}: {ErrorReport.LineOf(error.Exception)}";
        lock (_errorLock)
        {
            context.Error.WriteLine(line);
            context.Error.Flush();
        }
    }
}
