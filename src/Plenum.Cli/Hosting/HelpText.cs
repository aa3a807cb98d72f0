using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Plenum.Cli.Hosting;

/// <summary>Writes the parser's help, then the command's examples.</summary>
internal sealed class HelpText(HelpAction inner) : SynchronousCommandLineAction
{
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

            if (command.Examples.Count > 0)
            {
                output.WriteLine("Examples:");
                foreach (string example in command.Examples)
                {
                    output.WriteLine("  " + example);
                }

                output.WriteLine();
            }
        }

        return code;
    }
}
