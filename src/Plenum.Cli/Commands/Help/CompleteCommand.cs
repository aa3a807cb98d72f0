using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;

namespace Plenum.Cli.Commands.Help;

/// <summary><c>plenum complete -- WORDS…</c>: what the completion scripts call; one candidate a line.</summary>
internal sealed class CompleteCommand : PlenumCommand
{
    internal const string Summary = "Print the candidates for the last word; for the completion scripts.";

    private readonly Argument<string[]> _words;

    internal CompleteCommand()
        : base("complete", Summary)
    {
        _words = Declare(new Argument<string[]>("WORDS")
        {
            Description = "The words after plenum; the last one is completed.",
            Arity = new ArgumentArity(0, 1000),
            CustomParser = static result => [.. result.Tokens.Select(token => token.Value)],
        });
        Examples = ["plenum complete -- zerobuffer re"];
        Remarks = "Exit code: 0.";
    }

    internal override bool TakesValues => true;

    internal override int Run(CommandContext context)
    {
        try
        {
            foreach (string candidate in CommandCompletion.Of(context.Get(_words) ?? []))
            {
                context.Output.WriteLine(candidate);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A terminal that completes a word must not show errors.
        }

        return ExitCode.Success;
    }
}
