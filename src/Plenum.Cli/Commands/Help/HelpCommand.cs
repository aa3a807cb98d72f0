using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;

namespace Plenum.Cli.Commands.Help;

/// <summary><c>plenum help</c>: concepts, and the help of any command.</summary>
internal sealed class HelpCommand : PlenumCommand
{
    internal const string Summary = "Explain a concept, or list what is explained.";

    private readonly Argument<string[]> _topic;

    internal HelpCommand()
        : base("help", Summary)
    {
        _topic = Declare(new Argument<string[]>("TOPIC")
        {
            Description = "A topic, or the words of a command; the list of topics when missing.",
            Arity = new ArgumentArity(0, 8),
            CustomParser = static result => [.. result.Tokens.Select(token => token.Value)],
        });
        Examples = ["plenum help", "plenum help exit-codes", "plenum help zerobuffer read"];
        Remarks = "Exit code: 0; 2 there is no such topic or command.";
    }

    internal override int Run(CommandContext context)
    {
        string[] words = context.Get(_topic) ?? [];
        if (words.Length == 0)
        {
            List(context.Output);
            return ExitCode.Success;
        }

        if (words.Length == 1 && HelpTopics.Text(words[0]) is { } text)
        {
            context.Output.WriteLine(text.TrimEnd());
            return ExitCode.Success;
        }

        return CommandTable.Entries.Any(entry => entry.Name == words[0])
            ? CommandHost.Run([.. words, "--help"], context.Output, context.Error)
            : throw CommandException.Usage($"help: no topic and no command '{string.Join(' ', words)}'; 'plenum help' "
            + "lists them");
    }

    private static void List(TextWriter output)
    {
        output.WriteLine("Topics ('plenum help TOPIC'; 'plenum COMMAND --help' explains a command):");
        output.WriteLine();
        foreach (string name in HelpTopics.Names)
        {
            string title = HelpTopics.Text(name)!.Split('\n')[0].TrimStart('#', ' ');
            output.WriteLine($"  {name,-14} {title}");
        }
    }
}
