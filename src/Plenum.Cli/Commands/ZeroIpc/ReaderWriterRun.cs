using Plenum.Cli.Output;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Operations of a reader-writer lock.</summary>
internal sealed class ReaderWriterRun : KindRun
{
    internal override int Run(string operation)
    {
        if (operation == "create")
        {
            return Created(SharedReaderWriterLock.Create(Memory, Name));
        }

        SharedReaderWriterLock rwlock = SharedReaderWriterLock.Open(Memory, Name);
        switch (operation)
        {
            case "read-lock":
                bool reads = rwlock.ReadLockUnowned(Timeout, out bool wasAbandoned, Cancellation);
                TellAbandoned(wasAbandoned, "lock for writing");
                return Expect(reads, "the writer did not leave in time");
            case "read-unlock":
                return Require(rwlock.ReadUnlockUnowned(), "there is no reader");
            case "write-lock":
                bool writes = rwlock.WriteLockUnowned(Timeout, out wasAbandoned, Cancellation);
                TellAbandoned(wasAbandoned, "lock for writing");
                return Expect(writes, "readers or writer did not leave in time");
            case "write-unlock":
                return Require(rwlock.WriteUnlockUnowned(), "there is no writer");
            case "state":
                Output.Field("readers", ElementText.Of(rwlock.ReaderCount));
                Output.Field("writer", ElementText.Of(rwlock.IsWriterActive));
                return ExitCode.Success;
            default:
                throw Unknown(operation);
        }
    }
}
