using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Connects a client: request buffer, response buffer, announcement, metadata.</summary>
internal sealed class ClientConnector(string channel, DuplexClientOptions options, ManualResetEventSlim pumpSignal)
{
    // A predecessor that is closing still has its names for a moment, and a server that changes clients holds the role
    // for one.
    private const long HandOverNanoseconds = 250_000_000;

    /// <summary>Connects; waits until the server is there.</summary>
    /// <exception cref="TimeoutException">No server in time.</exception>
    /// <exception cref="SegmentBusyException">Another client is connected, or another process owns the response
    /// buffer.</exception>
    internal ClientLink Connect(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        long handOver = MonotonicClock.Nanoseconds + HandOverNanoseconds;
        using var never = new ManualResetEventSlim();
        while (true)
        {
            ClientLink? link = null;
            try
            {
                link = TryConnect(deadline, cancellationToken);
            }
            catch (SegmentBusyException) when (MonotonicClock.Nanoseconds < Math.Min(handOver, deadline))
            {
                // Tried again below.
            }

            if (link is not null)
            {
                return link;
            }

            never.Wait(1, cancellationToken);
        }
    }

    private ClientLink? TryConnect(long deadline, CancellationToken cancellationToken)
    {
        ZeroBufferWriter? requests = ZeroBufferWriter.Connect(
            channel + DuplexWire.RequestSuffix, Left(deadline), options.Buffer, cancellationToken);
        ZeroBufferReader? answers = null;
        try
        {
            StepHook.At("call.requests-connected");
            bool correlated = requests.Endpoint.Connection.Announcement == DuplexWire.Announcement;
            ZeroBufferOptions buffer = options.Buffer with { Announcement = correlated ? DuplexWire.Announcement : 0 };
            answers = ZeroBufferReader.Create(channel + DuplexWire.ResponseSuffix, buffer);
            StepHook.At("call.answers-created");
            WriteMetadata(requests);
            StepHook.At("call.metadata");

            // A server that was replaced meanwhile may be of the other kind: start over with the new one.
            if (!requests.Endpoint.Connection.Segment.IsNamed())
            {
                return null;
            }

            var link = new ClientLink(requests, answers, correlated, options.MaxInFlight, pumpSignal);
            requests = null;
            answers = null;
            return link;
        }
        finally
        {
            requests?.Dispose();
            answers?.Dispose();
        }
    }

    private void WriteMetadata(ZeroBufferWriter requests)
    {
        if (options.Metadata.IsEmpty)
        {
            return;
        }

        if (requests.Metadata.IsWritten)
        {
            // Left by the client before this one: the role is ours now, and the server reads it with our first request.
            requests.Endpoint.Connection.Segment
                .UInt64(Layout.OperationInfoBlock.MetadataWrittenBytesOffset).WriteOwned(0);
        }

        requests.Metadata.Write(options.Metadata.Span);
    }

    private static TimeSpan Left(long deadline) => deadline == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromTicks(Math.Max(0, deadline - MonotonicClock.Nanoseconds) / 100);
}
