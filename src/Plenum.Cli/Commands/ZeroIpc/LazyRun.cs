using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a lazy value.</summary>
internal sealed class LazyRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        switch (operation)
        {
            case "const":
                return Created(SharedLazy<T>.Constant(Memory, Name, Value(0)));
            case "add":
                return AreValues()
                    ? Created(SharedLazy<T>.Add(Memory, Name, Value(0), Value(1)))
                    : Created(SharedLazy<T>.Add(Memory, Name, Operand(0), Operand(1)));
            case "multiply":
                return AreValues()
                    ? Created(SharedLazy<T>.Multiply(Memory, Name, Value(0), Value(1)))
                    : Created(SharedLazy<T>.Multiply(Memory, Name, Operand(0), Operand(1)));
            case "negate":
                return AreValues()
                    ? Created(SharedLazy<T>.Negate(Memory, Name, Value(0)))
                    : Created(SharedLazy<T>.Negate(Memory, Name, Operand(0)));
            default:
                return Use(SharedLazy<T>.Open(Memory, Name), operation);
        }
    }

    private int Use(SharedLazy<T> lazy, string operation)
    {
        switch (operation)
        {
            case "force":
                try
                {
                    _ = Expect(lazy.Force(out T value, Timeout, Cancellation), "another process is computing it");
                    return Print(value);
                }
                catch (FutureFailedException e)
                {
                    return Require(false, $"it failed: {e.ErrorText}");
                }

            case "peek":
                _ = Expect(lazy.TryPeek(out T known), $"it is {StateName(lazy.State)}");
                return Print(known);
            case "reset":
                return Require(lazy.Reset(), $"it is {StateName(lazy.State)}; only a computed value can be reset");
            case "state":
                return State(lazy);
            default:
                throw Unknown(operation);
        }
    }

    // Numbers are stored; anything else is the name of a lazy.
    private bool AreValues() => Arguments.Values.All(text => Element.TryParse(text, out _));

    private SharedLazy<T> Operand(int index) => SharedLazy<T>.Open(Memory, Arguments.Values[index]);

    private static string StateName(FutureState state) => state.ToString().ToLowerInvariant();

    private int State(SharedLazy<T> lazy)
    {
        Output.Field("state", ElementText.Of(StateName(lazy.State)));
        Output.Field("operation", ElementText.Of(lazy.Operation.ToString().ToLowerInvariant()));
        Output.Field("computed", ElementText.Of(lazy.ComputeCount));
        if (lazy.TryPeek(out T value))
        {
            Output.Field("value", Element.Format(value));
        }
        else if (lazy.ErrorText is { } error)
        {
            Output.Field("error", ElementText.Of(error));
        }

        return ExitCode.Success;
    }
}
