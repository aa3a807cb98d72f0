using System.ComponentModel;
using System.Diagnostics;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a mutex.</summary>
internal sealed class MutexRun : KindRun
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedMutex.Create(Memory, Name));
        }

        SharedMutex mutex = SharedMutex.Open(Memory, Name);
        return operation switch
        {
            "lock" => Lock(mutex, Timeout, "it was not unlocked in time"),
            "try" => Lock(mutex, TimeSpan.Zero, "it is locked"),
            "unlock" => Require(mutex.UnlockUnowned(), "it is not locked"),
            "with" => RunLocked(mutex),
            _ => throw Unknown(operation),
        };
    }

    private int Lock(SharedMutex mutex, TimeSpan timeout, string found)
    {
        bool locked = mutex.LockUnowned(timeout, out bool wasAbandoned, Cancellation);
        TellAbandoned(wasAbandoned, "mutex");
        return Expect(locked, found);
    }

    private int RunLocked(SharedMutex mutex)
    {
        _ = Expect(mutex.TryLock(Timeout, out MutexLock held, Cancellation), "it was not unlocked in time");
        using (held)
        {
            TellAbandoned(held.WasAbandoned, "mutex");
            var start = new ProcessStartInfo(Arguments.Values[0]) { UseShellExecute = false };
            foreach (string word in Arguments.Values.Skip(1))
            {
                start.ArgumentList.Add(word);
            }

            return WaitFor(Started(start));
        }
    }

    private Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.SystemRefused, $"{Arguments.What}: could not start "
                + $"'{start.FileName}': {e.Message}", e);
        }
    }

    // A command that does not end by itself after Ctrl-C is killed: the lock is never given back while it may run.
    private int WaitFor(Process process)
    {
        using (process)
        {
            try
            {
                process.WaitForExitAsync(Cancellation).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                if (!process.WaitForExit(s_grace))
                {
                    process.Kill(entireProcessTree: true);
                    process.WaitForExit();
                }

                throw;
            }

            return process.ExitCode;
        }
    }
}
