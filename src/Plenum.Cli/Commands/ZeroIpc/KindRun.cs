using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Does the operations of one kind.</summary>
internal abstract class KindRun
{
    /// <summary>What the command line says. Set before the run.</summary>
    internal OperationArguments Arguments { get; set; } = null!;

    /// <summary>Where results go. Set before the run.</summary>
    internal OperationOutput Output { get; set; } = null!;

    protected SharedMemory Memory => Arguments.Memory;

    protected string Name => Arguments.Name;

    protected TimeSpan Timeout => Arguments.Timeout;

    protected CancellationToken Cancellation => Arguments.Cancellation;

    /// <summary>Runs an operation of the kind's table.</summary>
    /// <returns>The exit code.</returns>
    internal abstract int Run(string operation);

    /// <summary>Creates a structure and says nothing.</summary>
    protected static int Created(object structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        return ExitCode.Success;
    }

    protected static InvalidOperationException Unknown(string operation) => new($"No operation '{operation}'.");

    /// <summary>Success, or exit code 5 with what stood in the way.</summary>
    protected int Expect(bool done, string found)
    {
        Cancellation.ThrowIfCancellationRequested();
        return done ? ExitCode.Success : throw CommandException.TimedOut($"{Arguments.What}: {found}");
    }

    /// <summary>Success, or exit code 1 with what is wrong.</summary>
    protected int Require(bool done, string found) =>
        done ? ExitCode.Success : throw new CommandException(ExitCode.Problem, $"{Arguments.What}: {found}");

    /// <summary>Tells on stderr that the owner before is dead.</summary>
    protected void TellAbandoned(bool wasAbandoned, string what)
    {
        if (wasAbandoned)
        {
            Arguments.Context.Error.WriteLine(
                $"plenum: the process that held the {what} before died without unlocking");
        }
    }

    protected int Print(string field, ElementText value)
    {
        Output.Field(field, value);
        return ExitCode.Success;
    }
}
