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

/// <summary><c>plenum zerobuffer call</c>: a duplex client.</summary>
internal sealed class CallCommand : PlenumCommand
{
    internal const string Summary = "Send requests to a duplex server and time the answers.";

    private readonly Argument<string> _name;
    private readonly Option<long> _requests;
    private readonly Option<long> _size;
    private readonly Option<string?> _input;
    private readonly Option<string?> _output;
    private readonly Option<string> _verify;
    private readonly Option<int> _xorKey;
    private readonly Option<TimeSpan> _wait;
    private readonly Option<int> _timeout;
    private readonly Option<bool> _inPlace;
    private readonly Option<bool> _json;

    internal CallCommand()
        : base("call", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The channel."));
        _requests = Declare(Symbols.Number(
            "--requests", "Requests to send; with --input, at most this many.", 1L, 1, long.MaxValue, "-n"));
        _size = Declare(Symbols.Size("--size", "Size of a request.", 1024, "1024", "-s"));
        _input = Declare(Symbols.FilePath(
            "--input", "Cut this file, or stdin with -, into requests of --size; a last short one is kept.", "-i"));
        _output = Declare(Symbols.FilePath("--output", "Write the answers to this file, or to stdout with -.", "-o"));
        _verify = Declare(Symbols.Choice(
            "--verify", "What the answers must be.", "none", "none", ServeTransform.Echo, ServeTransform.Reverse,
            ServeTransform.Xor));
        _xorKey = Declare(Symbols.Number("--xor-key", "The byte for --verify xor.", 255, 0, 255));
        _wait = Declare(Symbols.Duration(
            "--wait", "How long to wait for the server.", TimeSpan.FromSeconds(5), "5s"));
        _timeout = Declare(Symbols.Number(
            "--timeout-ms", "How long to wait for an answer; -1 for ever.", 5000, -1, int.MaxValue));
        _inPlace = Declare(Symbols.Flag(
            "--in-place", "The server edits requests where they are (it was started with --in-place)."));
        _json = Declare(Symbols.Flag(
            "--json-output", "Print the report as one JSON object on the last line.", "--json"));
        Examples =
        [
            "plenum zerobuffer call filter -n 10000 -s 64 --verify xor",
            "plenum zerobuffer call filter --in-place -n 100 -s 6MiB --verify echo --json-output",
            "printf hello | plenum zerobuffer call filter --input - --output -",
        ];
        Remarks = """
            Without --input, byte i of the k-th request (from 0) is (k + i) mod 256. Exit code: 1 an answer is wrong
            or a handler failed; 3 no server within --wait; 5 no answer in time; 6 the server is gone; 7 the server
            has another client.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, context.Get(_name));
        using Stream? input = context.Get(_input) is { } path ? ByteStreams.OpenInput(path) : null;
        using Stream? output = context.Get(_output) is { } target ? ByteStreams.OpenOutput(target) : null;
        string verify = context.Get(_verify);
        var run = new CallRun(name, new CallRunOptions
        {
            Requests = input is not null && !context.Has(_requests) ? long.MaxValue : context.Get(_requests),
            SizeBytes = RequestSize(context),
            Timeout = TimeSpan.FromMilliseconds(context.Get(_timeout)),
            Input = input,
            Output = output,
            Expected = verify == "none" ? null : new ServeTransform(verify, (byte)context.Get(_xorKey)),
        });
        try
        {
            Call(context, name, run);
        }
        finally
        {
            output?.Flush();
            Report(context, name, run);
        }

        return run.Errors + run.VerifyErrors == 0 ? ExitCode.Success : ExitCode.Problem;
    }

    private void Call(CommandContext context, string name, CallRun run)
    {
        TimeSpan wait = context.Get(_wait);
        if (context.Get(_inPlace))
        {
            using InPlaceClient client = Connect(name, wait, () => InPlaceClient.Connect(
                name, wait, new InPlaceClientOptions { Reconnect = false }, context.Cancellation));
            run.Run(client, context);
            return;
        }

        var options = new DuplexClientOptions
        {
            Buffer = new ZeroBufferOptions
            {
                MetadataSizeBytes = 4096,
                PayloadSizeBytes = Math.Max(1 << 20, 4L * (RequestSize(context) + 64L)),
            },
            Reconnect = false,
        };
        using DuplexClient duplex = Connect(name, wait, () => DuplexClient.Connect(
            name, wait, options, context.Cancellation));
        run.Run(duplex, context);
    }

    private static T Connect<T>(string name, TimeSpan wait, Func<T> connect)
    {
        try
        {
            return connect();
        }
        catch (TimeoutException e)
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"connecting to '{name}': no server within {DurationText.Format(wait)}; start it first, with or without "
                + "--in-place as here",
                e);
        }
    }

    private int RequestSize(CommandContext context)
    {
        long size = context.Get(_size);
        return size is > 0 and <= 1 << 30
            ? (int)size
            : throw CommandException.Usage("--size: a request has from 1 byte to 1GiB");
    }

    private void Report(CommandContext context, string name, CallRun run)
    {
        TextWriter target = context.Get(_output) == "-" ? context.Error : context.Output;
        if (!context.Get(_json))
        {
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {run.Requests} requests, {run.Errors} errors, {run.VerifyErrors} wrong answers; round trip "
                + $"p50 {run.Samples.Percentile(0.5)} ns, p99 {run.Samples.Percentile(0.99)} ns, "
                + $"p99.9 {run.Samples.Percentile(0.999)} ns"));
            target.Flush();
            return;
        }

        JsonOutput.Line(target, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("requests", run.Requests);
            json.WriteNumber("errors", run.Errors);
            json.WriteNumber("verifyErrors", run.VerifyErrors);
            json.WriteNumber("sizeBytes", RequestSize(context));
            json.WriteNumber("p50Ns", run.Samples.Percentile(0.5));
            json.WriteNumber("p99Ns", run.Samples.Percentile(0.99));
            json.WriteNumber("p999Ns", run.Samples.Percentile(0.999));
            json.WriteEndObject();
        });
    }
}
