using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One call that waits for its answer without a thread.</summary>
internal static class AsynchronousCall
{
    private const long SliceNanoseconds = 50_000_000;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<AsyncAnswer> RunAsync(
        ClientChannel channel, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        AnswerPump pump = channel.RequirePump();
        pump.Add();
        try
        {
            ClientLink link = await EnterAsync(channel, deadline, cancellationToken).ConfigureAwait(false);
            PendingCall call = await SendAsync(channel, link, request, deadline,
                cancellationToken).ConfigureAwait(false);
            using (cancellationToken.UnsafeRegister(static (state, _) => GiveUp((PendingCall)state!), call))
            {
                await call.WaitAsync().ConfigureAwait(false);
            }

            var answer = new AsyncAnswer(call.Frame, call.PrefixBytes);
            DuplexOutcome outcome = call.Outcome;
            bool disposed = call.IsDisposed;
            link.Return(call, answer.Frame.IsValid);
            ObjectDisposedException.ThrowIf(disposed, typeof(DuplexClient));
            if (outcome == DuplexOutcome.TimedOut)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (outcome != DuplexOutcome.Answered)
            {
                ThrowFailed(channel, answer, outcome);
            }

            return answer;
        }
        finally
        {
            pump.Remove();
        }
    }

    // The registration ends before the object can serve another call.
    private static void GiveUp(PendingCall call) => call.TryGiveUp(call.Sequence, DuplexOutcome.TimedOut);

    private static void ThrowFailed(ClientChannel channel, AsyncAnswer answer, DuplexOutcome outcome)
    {
        DuplexAnswer failed = answer.Frame.IsValid
            ? new DuplexAnswer(answer.Frame, answer.PrefixBytes, outcome) : default;
        channel.ThrowFailed(outcome, failed);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ClientLink> EnterAsync(
        ClientChannel channel, long deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            ClientLink link = channel.Link is { IsLost: false } present
                ? present
                : await ReconnectAsync(channel, deadline, cancellationToken).ConfigureAwait(false);
            channel.ThrowIfDisposed();
            long wait = Math.Clamp(ClientChannel.Left(deadline), 0, SliceNanoseconds);
            if (await link.TryEnterRoomAsync(ClientChannel.Span(wait), cancellationToken).ConfigureAwait(false))
            {
                return link;
            }

            if (ClientChannel.Left(deadline) <= 0)
            {
                throw channel.TimedOut();
            }
        }
    }

    private static Task<ClientLink> ReconnectAsync(ClientChannel channel, long deadline,
        CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                ClientLink? link = channel.RequireLink(deadline, out DuplexOutcome outcome, cancellationToken);
                if (link is null)
                {
                    channel.ThrowFailed(outcome, default);
                }

                return link;
            },
            cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<PendingCall> SendAsync(
        ClientChannel channel, ClientLink link, ReadOnlyMemory<byte> request, long deadline,
        CancellationToken cancellationToken)
    {
        bool sent = false;
        try
        {
            PendingCall? call =
                await channel.SendAsync(link, request, deadline, cancellationToken).ConfigureAwait(false);
            if (call is null)
            {
                if (link.IsLost)
                {
                    channel.ThrowFailed(link.Loss, default);
                }

                throw channel.TimedOut();
            }

            sent = true;
            return call;
        }
        finally
        {
            if (!sent)
            {
                link.LeaveRoom();
            }
        }
    }
}
