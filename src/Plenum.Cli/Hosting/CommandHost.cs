using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text;
using Plenum.Cli.Commands;
using Plenum.Cli.Output;

namespace Plenum.Cli.Hosting;

/// <summary>Parses a command line, runs its command and turns failures into exit codes.</summary>
internal static class CommandHost
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs with the process' own streams.</summary>
    internal static int Run(string[] args)
    {
        using var standard = new StandardOutput();
        using var output = new StreamWriter(standard, s_utf8, 16 * 1024) { AutoFlush = false };
        using var error = new StreamWriter(Console.OpenStandardError(), s_utf8, 1024) { AutoFlush = true };
        int code = Run(args, output, error, standard);
        if (standard.Failure is not { } failure)
        {
            return code;
        }

        if (StandardOutput.IsBrokenPipe(failure))
        {
            // Whoever read the results has seen enough; that is no error, and not the user's Ctrl-C either.
            return code == ExitCode.Cancelled ? ExitCode.Success : code;
        }

        error.WriteLine($"plenum: writing the results to stdout: {ErrorReport.LineOf(failure)}");
        return code is ExitCode.Success or ExitCode.Cancelled ? ExitCode.SystemRefused : code;
    }

    /// <summary>Runs with given streams; the caller owns them.</summary>
    internal static int Run(string[] args, TextWriter output, TextWriter error) => Run(args, output, error, null);

    private static int Run(string[] args, TextWriter output, TextWriter error, StandardOutput? standard)
    {
        bool verbose = false;
        try
        {
            ParseResult result = Parse(args, out Option<bool> verboseOption);
            verbose = result.GetResult(verboseOption) is { Implicit: false };
            return result.Action is not null and not ParseErrorAction
                ? result.Invoke(new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                })
                : Execute(result, output, error, verbose, standard);
        }
        catch (Exception e)
        {
            // The boundary of the process: every failure becomes one line and a code.
            Exception cause = ErrorReport.Unwrap(e);
            output.Flush();
            if (cause is OperationCanceledException && standard?.Failure is not null)
            {
                return ExitCode.Cancelled;
            }

            error.WriteLine($"plenum: {ErrorReport.LineOf(cause)}");
            if (verbose)
            {
                error.WriteLine(cause.ToString());
            }

            return ErrorReport.ExitCodeOf(cause);
        }
        finally
        {
            output.Flush();
        }
    }

    /// <summary>Parses without running.</summary>
    internal static ParseResult Parse(string[] args, out Option<bool> verbose)
    {
        var root = new RootCommand(
            "See, use, record and measure shared memory of three protocols: ZeroBuffer, ZeroIPC and VOID.");
        root.Directives.Clear();
        verbose = new Option<bool>("--verbose", "-v")
        {
            Description = "Add the stack trace to an error.",
            Recursive = true,
            Arity = ArgumentArity.Zero,
        };
        root.Add(verbose);
        CommandGroup.Expand(root, CommandTable.Entries, args);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction inner } help)
            {
                help.Action = new HelpText(inner);
            }
        }

        string[] words = ArgumentNormalizer.Normalize(root, args);
        return root.Parse(
            words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    private static int Execute(
        ParseResult result, TextWriter output, TextWriter error, bool verbose, StandardOutput? standard)
    {
        if (result.Errors.Count > 0)
        {
            throw CommandException.Usage(UsageLine(result));
        }

        if (result.CommandResult.Command is not PlenumCommand command)
        {
            throw CommandException.Usage($"a command is required; '{CommandPath(result)} --help' lists them");
        }

        using var signals = new TerminationSignals();
        var context = new CommandContext(result, output, error, verbose, signals.Token);
        standard?.WhenFailed = signals.Cancel;
        try
        {
            int code = command.Run(context);
            return code == ExitCode.Success && signals.Token.IsCancellationRequested ? ExitCode.Cancelled : code;
        }
        finally
        {
            standard?.WhenFailed = null;
        }
    }

    private static string UsageLine(ParseResult result)
    {
        string message = result.Errors[0].Message.TrimEnd('.');
        if (result.UnmatchedTokens.Count > 0)
        {
            message = $"unknown command or argument '{result.UnmatchedTokens[0]}'";
        }
        else if (result.CommandResult.Command is not PlenumCommand)
        {
            message = "a command is required";
        }

        return $"{message}; see '{CommandPath(result)} --help'";
    }

    private static string CommandPath(ParseResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult command)
            {
                names.Insert(0, command.Command is RootCommand ? "plenum" : command.Command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
