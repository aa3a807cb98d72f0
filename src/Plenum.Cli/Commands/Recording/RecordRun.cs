using System.Globalization;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Takes items from a source until the end.</summary>
internal sealed class RecordRun(RecordingSource source, RecordingWriter recording)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private long _taken;
    private TimeSpan _elapsed;
    private string _ended = "count";

    /// <summary>Most items; 0 for no limit.</summary>
    internal long Count { get; init; }

    /// <summary>Longest time; null for no limit.</summary>
    internal TimeSpan? Duration { get; init; }

    internal long Lost => recording.Statistics.Lost;

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    internal int Run(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Duration is { } duration)
        {
            limit.CancelAfter(duration > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : duration);
        }

        try
        {
            while (Count == 0 || _taken < Count)
            {
                limit.Token.ThrowIfCancellationRequested();
                SourceStep step = source.TakeNext(recording, s_patience, limit.Token);
                if (step is SourceStep.Closed or SourceStep.Died)
                {
                    return End(step);
                }

                _taken += step == SourceStep.Taken ? 1 : 0;
            }

            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _ended = cancellation.IsCancellationRequested ? "cancelled" : "seconds";
            return cancellation.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Success;
        }
        finally
        {
            _elapsed = TimeSpan.FromTicks(recording.ElapsedNanoseconds / 100);
        }
    }

    /// <summary>Says what was recorded.</summary>
    internal void Report(TextWriter output, string file, bool asJson)
    {
        RecordingStatistics statistics = recording.Statistics;
        if (!asJson)
        {
            string missed = source.Missed == 0 ? string.Empty : $", {source.Missed} were overwritten before they were "
                + "seen";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{source.Description.Segment}: recorded {_taken - statistics.Lost} {source.ItemsText}, "
                + $"{SizeText.Format(statistics.DataBytes)} in {DurationText.Format(_elapsed)} to {file}{missed}"));
            output.Flush();
            return;
        }

        JsonOutput.Line(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("segment", source.Description.Segment);
            json.WriteString("entry", source.Description.Entry);
            json.WriteString("kind", source.ItemsText);
            json.WriteNumber("items", _taken - statistics.Lost);
            json.WriteNumber("dataBytes", statistics.DataBytes);
            json.WriteNumber("lost", statistics.Lost);
            json.WriteNumber("missed", source.Missed);
            json.WriteNumber("durationMs", (long)_elapsed.TotalMilliseconds);
            json.WriteNumber("longestWaitNs", statistics.LongestWait.Ticks * 100);
            json.WriteString("ended", _ended);
            json.WriteEndObject();
        });
    }

    private int End(SourceStep step)
    {
        _ended = step == SourceStep.Died ? "died" : "closed";
        return step == SourceStep.Died ? ExitCode.PeerDied
            : _taken < Count ? ExitCode.Problem
            : ExitCode.Success;
    }
}
