using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Platform;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Counts a run's frames and reports it: a line for people, or one JSON object as the last line.</summary>
internal sealed class RunReport(string name, string countKey, string bytesKey)
{
    private long _startedNanoseconds;
    private long _endedNanoseconds;

    internal long Frames { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Time between the first and the last frame's end; the wait for the first one does not count.</summary>
    internal TimeSpan Duration => TimeSpan.FromTicks((_endedNanoseconds - _startedNanoseconds) / 100);

    /// <summary>Bytes a second, in millions.</summary>
    internal double MegabytesPerSecond =>
        Duration > TimeSpan.Zero ? Bytes / Duration.TotalSeconds / 1e6 : 0;

    /// <summary>The clock starts: the first frame is about to move.</summary>
    internal void Start()
    {
        if (_startedNanoseconds == 0)
        {
            _startedNanoseconds = MonotonicClock.Nanoseconds;
            _endedNanoseconds = _startedNanoseconds;
        }
    }

    internal void Count(int bytes)
    {
        Frames++;
        Bytes += bytes;
    }

    internal void Stop()
    {
        if (_startedNanoseconds != 0)
        {
            _endedNanoseconds = MonotonicClock.Nanoseconds;
        }
    }

    /// <summary>Writes the report.</summary>
    /// <param name="context">The command.</param>
    /// <param name="json">JSON instead of text.</param>
    /// <param name="toError">To stderr, because stdout carries the frames themselves.</param>
    /// <param name="more">Adds the command's own keys.</param>
    /// <param name="checksum">The checksum for the text; null for none.</param>
    internal void Write(
        CommandContext context, bool json, bool toError, Action<Utf8JsonWriter> more, string? checksum = null)
    {
        TextWriter target = toError ? context.Error : context.Output;
        if (!json)
        {
            string verb = countKey == "framesRead" ? "read" : countKey == "framesWritten" ? "wrote" : "relayed";
            target.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {verb} {Frames} frames, {SizeText.Format(Bytes)} in {DurationText.Format(Duration)}, "
                + $"{MegabytesPerSecond:0.0} MB/s")
                + (checksum is null ? string.Empty : ", checksum " + checksum));
            target.Flush();
            return;
        }

        JsonOutput.Line(target, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteNumber(countKey, Frames);
            writer.WriteNumber(bytesKey, Bytes);
            writer.WriteNumber("durationMs", (long)Math.Round(Duration.TotalMilliseconds));
            writer.WriteNumber("throughputMBps", Math.Round(MegabytesPerSecond, 3));
            more(writer);
            writer.WriteEndObject();
        });
    }
}
