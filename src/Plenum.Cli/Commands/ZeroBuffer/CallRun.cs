using System.Globalization;
using System.Text;
using Plenum.Cli.Hosting;
using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Sends requests one after the other, and verifies and times their answers.</summary>
internal sealed class CallRun(string name, CallRunOptions options)
{
    private const int MaxSamples = 1 << 20;

    private readonly FramePattern _pattern = new(FramePattern.Sequential);
    private byte[] _request = [];
    private byte[] _expected = [];

    internal LatencySamples Samples { get; } = new((int)Math.Clamp(options.Requests, 1, MaxSamples));

    /// <summary>Requests that were sent.</summary>
    internal long Requests { get; private set; }

    /// <summary>Requests whose handler failed.</summary>
    internal long Errors { get; private set; }

    /// <summary>Answers that are not what was expected.</summary>
    internal long VerifyErrors { get; private set; }

    internal void Run(DuplexClient client, CommandContext context)
    {
        while (TryNext(context.Cancellation, out ReadOnlySpan<byte> request))
        {
            long start = MonotonicClock.Nanoseconds;
            DuplexOutcome outcome = client.TryCall(
                request, out DuplexAnswer answer, options.Timeout, context.Cancellation);
            using (answer)
            {
                Take(outcome, answer.IsValid ? answer.Data : default, start, context);
            }
        }
    }

    internal void Run(InPlaceClient client, CommandContext context)
    {
        while (TryNext(context.Cancellation, out ReadOnlySpan<byte> request))
        {
            using InPlaceExchange frame = client.Reserve(request.Length, context.Cancellation);
            request.CopyTo(frame.Data);
            long start = MonotonicClock.Nanoseconds;
            DuplexOutcome outcome = frame.TryCall(
                request.Length, out Span<byte> answer, options.Timeout, context.Cancellation);
            Take(outcome, answer, start, context);
        }
    }

    private bool TryNext(CancellationToken cancellation, out ReadOnlySpan<byte> request)
    {
        cancellation.ThrowIfCancellationRequested();
        request = default;
        if (Requests >= options.Requests)
        {
            return false;
        }

        if (_request.Length == 0)
        {
            _request = new byte[options.SizeBytes];
            _expected = new byte[options.SizeBytes];
        }

        int length = options.SizeBytes;
        if (options.Input is { } input)
        {
            // A pipe may stay silent for ever: it is read on another thread, which Ctrl-C leaves behind.
            length = Task.Run(() => input.ReadAtLeast(_request, _request.Length, throwOnEndOfStream: false), cancellation)
                .WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        else
        {
            _pattern.Fill(_request, Requests);
        }

        request = _request.AsSpan(0, length);
        return length > 0;
    }

    private void Take(DuplexOutcome outcome, ReadOnlySpan<byte> answer, long start, CommandContext context)
    {
        Requests++;
        if (outcome == DuplexOutcome.Answered)
        {
            Samples.Add(MonotonicClock.Nanoseconds - start);
            options.Output?.Write(answer);
            Verify(answer);
            return;
        }

        if (outcome == DuplexOutcome.HandlerFailed)
        {
            Errors++;
            context.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"plenum: request {Requests} of '{name}' failed: {ErrorReport.OneLine(Encoding.UTF8.GetString(answer))}"));
            return;
        }

        throw Failure(outcome);
    }

    private void Verify(ReadOnlySpan<byte> answer)
    {
        if (options.Expected is not { } transform)
        {
            return;
        }

        Span<byte> expected = _expected.AsSpan(0, Math.Min(_expected.Length, answer.Length));
        _request.AsSpan(0, expected.Length).CopyTo(expected);
        transform.Apply(expected);
        VerifyErrors += answer.SequenceEqual(expected) ? 0 : 1;
    }

    private CommandException Failure(DuplexOutcome outcome)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"calling '{name}': request {Requests}: ");
        return outcome == DuplexOutcome.TimedOut
            ? CommandException.TimedOut(text + $"no answer within {options.Timeout.TotalMilliseconds:0} ms")
            : new CommandException(
                Output.ExitCode.PeerDied,
                text + (outcome == DuplexOutcome.ServerDied ? "the server died" : "the server closed the channel"));
    }
}
