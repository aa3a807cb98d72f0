using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Connects an in-place client: opens, validates, claims the client's role, writes the metadata.</summary>
internal sealed class InPlaceConnector(BufferNames names, InPlaceClientOptions options)
{
    // A server that makes a fresh channel after the client before us needs up to a slice of its wait to notice.
    private const long HandOverNanoseconds = 250_000_000;
    private const int LongestPauseMilliseconds = 10;
    private const string Operation = "connect to in-place channel";

    /// <summary>Connects; waits until the server is there.</summary>
    /// <exception cref="TimeoutException">No server in time.</exception>
    /// <exception cref="SegmentBusyException">Another client is connected; nothing was changed.</exception>
    internal InPlaceLink Connect(long deadline, CancellationToken cancellationToken)
    {
        long handOver = MonotonicClock.Nanoseconds + HandOverNanoseconds;
        int pause = 1;
        using var never = new ManualResetEventSlim();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ulong busy = 0;
            if (InPlaceMemory.TryOpen(names, options.Segment, out InPlaceMemory? memory))
            {
                InPlaceLink? link = null;
                try
                {
                    link = TryClaim(memory, out busy) ? new InPlaceLink(memory, options.WaitStrategy) : null;
                }
                finally
                {
                    if (link is null)
                    {
                        memory.Dispose();
                    }
                }

                if (link is not null)
                {
                    return link;
                }
            }

            long now = MonotonicClock.Nanoseconds;
            if (busy != 0 && now >= Math.Min(handOver, deadline))
            {
                throw Busy(busy);
            }

            if (now >= deadline)
            {
                throw new TimeoutException(
                    $"Could not {Operation} '{names.Value}' in time: there is no live server with a free channel. "
                    + "Start the server.");
            }

            never.Wait(pause, cancellationToken);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
        }
    }

    private bool TryClaim(InPlaceMemory memory, out ulong busy)
    {
        busy = 0;
        SharedSegment control = memory.Control;
        if (new PeerWatch(control, InPlaceMemory.ServerPidOffset).Look() != PeerPresence.Present)
        {
            return false;
        }

        const int offset = InPlaceMemory.ClientPidOffset;
        SharedUInt64 client = control.UInt64(offset);
        ulong owner = client.ReadAcquire();
        StepHook.At("in-place-connect.opened");
        if (!control.TryLockRole(offset, sizeof(ulong)))
        {
            busy = Math.Max(1, owner);
            return false;
        }

        StepHook.At("in-place-connect.locked");

        var self = (ulong)Environment.ProcessId;

        // CLAIM [owner] The lock excludes other clients. A pid without a lock is a client that died, and a count that
        //   is not 0 one that left: the server is about to replace this generation.
        if (owner != 0 || memory.WrittenCount.ReadAcquire() != 0 || client.CompareExchange(self, 0) != 0)
        {
            return false;
        }

        StepHook.At("in-place-connect.claimed");
        if (!control.IsNamed())
        {
            client.CompareExchange(0, self);
            return false;
        }

        control.UInt64(OperationInfoBlock.WriterPidOffset).WriteRelease(self);
        StepHook.At("in-place-connect.writer");
        WriteMetadata(memory);
        return true;
    }

    private void WriteMetadata(InPlaceMemory memory)
    {
        if (options.Metadata.IsEmpty)
        {
            return;
        }

        var area = new MetadataArea(memory.Control, memory.Layout.Metadata);
        if (options.Metadata.Length > area.CapacityBytes)
        {
            memory.Control.UInt64(InPlaceMemory.ClientPidOffset).CompareExchange(0, (ulong)Environment.ProcessId);
            throw new ArgumentException(
                $"Could not {Operation} '{names.Value}': metadata of {options.Metadata.Length} bytes does not fit, "
                + "the channel has room for "
                + $"{area.CapacityBytes}. Let the server create a larger block.");
        }

        options.Metadata.Span.CopyTo(area.Room(options.Metadata.Length));
        area.Publish(options.Metadata.Length);
    }

    private SegmentBusyException Busy(ulong owner) => new(
        $"Could not {Operation} '{names.Value}': another client is connected (process {owner}). Stop it first.",
        Operation,
        names.Value,
        (long)owner);
}
