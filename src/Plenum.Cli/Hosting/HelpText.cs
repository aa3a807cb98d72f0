using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Plenum.Cli.Hosting;

/// <summary>Writes the parser's help, then the command's examples.</summary>
internal sealed class HelpText(HelpAction inner) : SynchronousCommandLineAction
{
    private const int GroupExamples = 6;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = inner.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is PlenumCommand command)
        {
            if (command.Remarks is { } remarks)
            {
                output.WriteLine(remarks.TrimEnd());
                output.WriteLine();
            }

            if (command.Remarks?.Contains("Exit code", StringComparison.Ordinal) != true)
            {
                output.WriteLine("Exit code: 0, or as 'plenum help exit-codes' says.");
                output.WriteLine();
            }

            WriteExamples(output, command.Examples);
        }
        else if (parseResult.CommandResult.Command is CommandGroup group)
        {
            WriteExamples(output, [.. ExamplesOf(group).Take(GroupExamples)]);
        }

        return code;
    }

    // One for each member, those of groups within it included.
    private static IEnumerable<string> ExamplesOf(CommandGroup group)
    {
        foreach (CommandEntry entry in group.Entries.Where(entry => !entry.Hidden))
        {
            IEnumerable<string> examples = entry.Build() switch
            {
                PlenumCommand command => command.Examples,
                CommandGroup inner => ExamplesOf(inner),
                _ => [],
            };
            if (examples.FirstOrDefault() is { } example)
            {
                yield return example;
            }
        }
    }

    private static void WriteExamples(TextWriter output, IReadOnlyList<string> examples)
    {
        if (examples.Count == 0)
        {
            return;
        }

        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine();
    }
}
