using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a semaphore.</summary>
internal sealed class SemaphoreRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedSemaphore.Create(Memory, Name, (int)Arguments.Count, Arguments.Maximum));
        }

        SharedSemaphore semaphore = SharedSemaphore.Open(Memory, Name);
        return operation switch
        {
            "acquire" => Expect(semaphore.TryAcquire(Timeout, Cancellation), "no permit came in time"),
            "try" => Expect(semaphore.TryAcquire(), "there is no permit"),
            "release" => Require(
                semaphore.TryRelease(Arguments.OptionalCount()),
                $"that would be more than its maximum of {semaphore.MaximumCount} permits"),
            "get" => Print("count", ElementText.Of(semaphore.CurrentCount)),
            _ => throw Unknown(operation),
        };
    }
}
