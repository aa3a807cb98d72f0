using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Prints what a recording holds: <c>replay --info</c> and <c>--verify</c>.</summary>
internal static class RecordingReport
{
    internal static int Print(CommandContext context, RecordingReader reader, string file, bool verify, bool asJson)
    {
        string? damage = verify ? FindDamage(reader, context.Cancellation) : null;
        RecordingContents contents = damage is null ? reader.ReadContents() : Intact(reader);
        if (asJson)
        {
            WriteJson(context.Output, reader, contents, file, verify, damage);
        }
        else
        {
            WriteText(context.Output, reader, contents, file, verify && damage is null);
        }

        if (damage is null)
        {
            return ExitCode.Success;
        }

        context.Output.Flush();
        context.Error.WriteLine($"plenum: {ErrorReport.OneLine(damage)}");
        return ExitCode.Problem;
    }

    private static string? FindDamage(RecordingReader reader, CancellationToken cancellation)
    {
        try
        {
            while (reader.TryRead(out _))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            return null;
        }
        catch (RecordingFormatException e)
        {
            return e.Message;
        }
    }

    // Headers may be whole where data is not; where they are not, nothing is counted.
    private static RecordingContents Intact(RecordingReader reader)
    {
        try
        {
            return reader.ReadContents();
        }
        catch (RecordingFormatException)
        {
            return new RecordingContents(0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero, RecordingEnding.NotReached);
        }
    }

    private static string EndingText(RecordingEnding ending) => ending switch
    {
        RecordingEnding.Complete => "complete",
        RecordingEnding.Unfinished => "unfinished",
        _ => "damaged",
    };

    private static string KindText(RecordingKind kind) => kind switch
    {
        RecordingKind.Frames => "frames",
        RecordingKind.Snapshots => "snapshots",
        RecordingKind.Values => "values",
        _ => "unknown",
    };

    private static void WriteText(
        TextWriter output, RecordingReader reader, RecordingContents contents, string file, bool verified)
    {
        RecordingDescription description = reader.Description;
        double seconds = (contents.LastTime - contents.FirstTime).TotalSeconds;
        double rate = contents.Items > 1 && seconds > 0 ? (contents.Items - 1) / seconds : 0;
        void Row(string name, string value) => output.WriteLine($"{name,-14} {value}");
        Row("file", file);
        Row("segment", description.Entry is { } entry ? $"{description.Segment}/{entry}" : description.Segment);
        Row("kind", KindText(description.Kind));
        Row("started", description.StartedUtc.ToString("O", CultureInfo.InvariantCulture));
        Row("duration", DurationText.Format(contents.LastTime - contents.FirstTime));
        Row("items", string.Create(CultureInfo.InvariantCulture, $"{contents.Items}, {rate:0.##} a second"));
        Row("bytes", SizeText.Format(contents.ItemBytes));
        Row("lost", contents.Lost.ToString(CultureInfo.InvariantCulture));
        Row("blocks", contents.Blocks.ToString(CultureInfo.InvariantCulture));
        Row("ending", verified
            ? EndingText(contents.Ending) + ", every checksum is right" : EndingText(contents.Ending));
        foreach ((string name, string value) in description.Properties.OrderBy(pair =>
            pair.Key, StringComparer.Ordinal))
        {
            Row(name, value);
        }
    }

    private static void WriteJson(
        TextWriter output,
        RecordingReader reader,
        RecordingContents contents,
        string file,
        bool verify,
        string? damage) => JsonOutput.Document(output, json =>
    {
        RecordingDescription description = reader.Description;
        json.WriteStartObject();
        json.WriteString("file", file);
        json.WriteString("segment", description.Segment);
        json.WriteString("entry", description.Entry);
        json.WriteString("kind", KindText(description.Kind));
        json.WriteString("startedUtc", description.StartedUtc);
        json.WriteNumber("formatVersion", reader.FormatVersion);
        json.WriteNumber("items", contents.Items);
        json.WriteNumber("itemBytes", contents.ItemBytes);
        json.WriteNumber("blocks", contents.Blocks);
        json.WriteNumber("lost", contents.Lost);
        json.WriteNumber("firstTimeNs", contents.FirstTime.Ticks * 100);
        json.WriteNumber("lastTimeNs", contents.LastTime.Ticks * 100);
        json.WriteString("ending", damage is null ? EndingText(contents.Ending) : "damaged");
        json.WriteBoolean("verified", verify && damage is null);
        json.WriteStartObject("properties");
        foreach ((string name, string value) in description.Properties)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });
}
