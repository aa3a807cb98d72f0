using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a future.</summary>
internal sealed class FutureRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedFuture<T>.Create(Memory, Name));
        }

        SharedFuture<T> future = SharedFuture<T>.Open(Memory, Name);
        switch (operation)
        {
            case "set":
                return Require(future.TrySet(Value(0)), Refused(future));
            case "fail":
                return Require(future.TryFail(Arguments.Values[0]), Refused(future));
            case "get":
                return Get(future);
            case "state":
                return State(future);
            default:
                throw Unknown(operation);
        }
    }

    private static string Refused(SharedFuture<T> future) => $"it is {StateName(future.State)} already";

    private static string StateName(FutureState state) => state.ToString().ToLowerInvariant();

    private int Get(SharedFuture<T> future)
    {
        try
        {
            _ = Expect(future.Get(out T value, Timeout, Cancellation), $"it is still {StateName(future.State)}");
            return Print(value);
        }
        catch (FutureFailedException e)
        {
            return Require(false, $"it failed: {e.ErrorText}");
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return Require(false, "it was cancelled");
        }
    }

    private int State(SharedFuture<T> future)
    {
        FutureState state = future.State;
        Output.Field("state", ElementText.Of(StateName(state)));
        Output.Field("waiting", ElementText.Of(future.WaitingCount));
        if (state == FutureState.Ready && future.TryGet(out T value))
        {
            Output.Field("value", Element.Format(value));
        }
        else if (future.ErrorText is { } error)
        {
            Output.Field("error", ElementText.Of(error));
        }

        return ExitCode.Success;
    }
}
