using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One call on a frame.</summary>
internal static class InPlaceCall
{
    internal static DuplexOutcome Run(
        InPlaceFrame frame, int ticket, int requestBytes, long deadline, CancellationToken cancellationToken,
        out int answerBytes)
    {
        answerBytes = 0;
        InPlaceLink link = frame.Link;
        if (!TrySend(frame, requestBytes))
        {
            return link.Loss;
        }

        try
        {
            DuplexOutcome outcome = link.Answers.Wait(frame, deadline, cancellationToken);
            answerBytes = Finish(frame, outcome);
            return outcome;
        }
        finally
        {
            EndUnanswered(frame, ticket);
        }
    }

    internal static async ValueTask<(DuplexOutcome Outcome, int AnswerBytes)> RunAsync(
        InPlaceFrame frame, int ticket, int requestBytes, long deadline, CancellationToken cancellationToken)
    {
        InPlaceLink link = frame.Link;
        if (!TrySend(frame, requestBytes))
        {
            return (link.Loss, 0);
        }

        try
        {
            DuplexOutcome outcome = await link.Answers.WaitAsync(frame, deadline, cancellationToken).ConfigureAwait(false);
            return (outcome, Finish(frame, outcome));
        }
        finally
        {
            EndUnanswered(frame, ticket);
        }
    }

    [DoesNotReturn]
    internal static void ThrowFailed(string channel, DuplexOutcome outcome, string handlerError)
    {
        const string operation = "call";
        throw outcome switch
        {
            DuplexOutcome.HandlerFailed => new DuplexHandlerException(
                $"Could not {operation} '{channel}': the server's handler failed: {handlerError}", channel,
                handlerError),
            DuplexOutcome.ServerClosed => new PeerClosedException(
                $"Could not {operation} '{channel}': the server closed the channel. Reserve again when it runs "
                + "again.", operation, channel),
            DuplexOutcome.ServerDied => new PeerTerminatedException(
                $"Could not {operation} '{channel}': the server died. Reserve again when it runs again.", operation,
                channel, 0),
            _ => new TimeoutException(
                $"Could not {operation} '{channel}': no answer came in time. The server is too slow or does not run; "
                + "the frame comes back "
                + "when the server is done with it."),
        };
    }

    private static bool TrySend(InPlaceFrame frame, int requestBytes)
    {
        InPlaceLink link = frame.Link;
        try
        {
            if (!link.IsLost)
            {
                link.Send(frame, requestBytes);
                return true;
            }
        }
        catch (ObjectDisposedException) when (!link.IsDisposed)
        {
            // The connection was replaced by another thread's reservation.
        }

        ObjectDisposedException.ThrowIf(link.IsDisposed, typeof(InPlaceClient));
        return false;
    }

    private static int Finish(InPlaceFrame frame, DuplexOutcome outcome)
    {
        ObjectDisposedException.ThrowIf(frame.Link.IsDisposed, typeof(InPlaceClient));
        return outcome is DuplexOutcome.Answered or DuplexOutcome.HandlerFailed ? frame.Link.AnswerBytes(frame) : 0;
    }

    // The server may still write to the frame: it is out of the caller's hands.
    private static void EndUnanswered(InPlaceFrame frame, int ticket)
    {
        if (frame.IsSent)
        {
            frame.Link.GiveBack(frame, ticket);
        }
    }
}
