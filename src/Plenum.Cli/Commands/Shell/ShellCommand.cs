using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.Shell;

/// <summary><c>plenum zeroipc shell</c>: the structures as a tree, with every operation.</summary>
internal sealed class ShellCommand : PlenumCommand
{
    internal const string Summary = "Look at and use the structures of segments interactively, or from a script.";

    private readonly Argument<string?> _segment;

    internal ShellCommand()
        : base("shell", Summary)
    {
        _segment = Declare(Symbols.OptionalName("SEGMENT", "Where to begin; the root when missing."));
        Examples =
        [
            "plenum zeroipc shell sensors",
            "printf 'cd sensors\\nls\\nqueue push jobs 1 2 3\\n' | plenum zeroipc shell",
        ];
        Remarks = """
            Inside: ls, cd, pwd and cat over the tree /segment/structure; every operation of every kind without
            'plenum zeroipc' and without the segment, such as 'queue push jobs 1 2 3'; every other plenum command;
            help; exit. On a terminal the cursor keys edit and recall lines and Tab completes them; otherwise the
            lines are read from stdin, without a prompt.

            Exit code: 0 when every line succeeded, else the code of the first line that did not; 3 no such segment;
            130 Ctrl-C (on a terminal Ctrl-C only ends the running line).
            """;
    }

    internal override int Run(CommandContext context)
    {
        var session = new ShellSession(context.Output, context.Error);
        if (context.Get(_segment) is { } text)
        {
            var place = new ShellPath(SegmentSelector.NameFor(SegmentProtocol.ZeroIpc, text), null);
            ShellTree.Require(place);
            session.Place = place;
        }

        bool interactive = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        LineEditor? editor = interactive
            ? new LineEditor(context.Output, line => ShellCompletion.Of(line, session.Place))
            : null;
        while (!session.HasEnded)
        {
            context.Output.Flush();
            string? line = editor is null ? Console.In.ReadLine() : editor.Read($"{session.Place}> ");
            if (line is null)
            {
                break;
            }

            _ = session.Execute(line);
            if (!interactive)
            {
                context.Cancellation.ThrowIfCancellationRequested();
            }
        }

        return interactive ? ExitCode.Success : session.FirstFailure;
    }
}
