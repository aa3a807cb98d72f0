using System.Collections.Concurrent;
using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Measurement;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Platform;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum peer</c>, hidden: the second process of <c>demo</c> and <c>bench</c>.</summary>
internal sealed class PeerCommand : PlenumCommand
{
    internal const string Summary = "The second process of demo and bench; driven by lines on stdin.";

    private readonly Option<int> _processor;

    internal PeerCommand()
        : base("peer", Summary) =>
        _processor = Declare(Symbols.Number("--processor", "Pin to this processor; -1 for none.", -1, -1, 1023));

    internal override int Run(CommandContext context)
    {
        if (context.Get(_processor) is >= 0 and var processor)
        {
            _ = ProcessorAffinity.TryPin(processor);
        }

        using var lines = new BlockingCollection<string>();
        var input = new Thread(() => ReadInput(lines)) { IsBackground = true, Name = "peer input" };
        input.Start();
        Say(context, "ready");
        try
        {
            foreach (string line in lines.GetConsumingEnumerable(context.Cancellation))
            {
                string answer = PeerVerbs.Run(new PeerLine(line), () => Say(context, "ready"));
                Say(context, $"done {answer}".TrimEnd());
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The parent prints the line; two processes share one stderr.
            Say(context, $"{MeasuringPeer.Failed} {ErrorReport.ExitCodeOf(e)} {ErrorReport.LineOf(e)}");
            return ErrorReport.ExitCodeOf(e);
        }

        return ExitCode.Success;
    }

    // The parent is gone when the input ends; the main thread may be spinning in a measurement at that moment.
    private static void ReadInput(BlockingCollection<string> lines)
    {
        while (Console.In.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        Environment.Exit(ExitCode.Success);
    }

    private static void Say(CommandContext context, string line)
    {
        context.Output.WriteLine(line);
        context.Output.Flush();
    }
}
