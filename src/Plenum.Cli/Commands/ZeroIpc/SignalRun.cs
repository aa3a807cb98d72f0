using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a signal.</summary>
internal sealed class SignalRun<T> : ElementRun<T>
    where T : unmanaged
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedSignal<T>.Create(Memory, Name, Value(0)));
        }

        SharedSignal<T> signal = SharedSignal<T>.Open(Memory, Name);
        switch (operation)
        {
            case "get":
                return Print(signal.Read());
            case "set":
                signal.Set(Value(0));
                return ExitCode.Success;
            case "wait":
                _ = Expect(
                    signal.WaitForChange(
                        Arguments.Whole(0, ulong.MaxValue), Timeout, out SignalReading<T> reading, Cancellation),
                    $"the version is still {Arguments.Values[0]}");
                return Print(reading);
            case "version":
                return Print("version", ElementText.Of(signal.Version));
            default:
                throw Unknown(operation);
        }
    }

    private int Print(SignalReading<T> reading)
    {
        Output.Field("version", ElementText.Of(reading.Version), onlyJson: true);
        return Print(reading.Value);
    }
}
