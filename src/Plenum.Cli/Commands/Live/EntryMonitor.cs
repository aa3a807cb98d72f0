using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Inspection;
using Plenum.Inspection.Watching;
using Plenum.Platform;

namespace Plenum.Cli.Commands.Live;

/// <summary>Prints the values of one structure, or its numbers where it has no values to follow.</summary>
internal sealed class EntryMonitor(
    CommandContext context, WatchOptions options, string entryName, string? typeName, bool asJson)
{
    private const int TableWaitMilliseconds = 500;

    private ValueFormat? _format;
    private long _printed;

    internal int Run(TimeSpan interval, long limit)
    {
        do
        {
            using SegmentImage? image = Open(first: _printed == 0);
            if (image is not null)
            {
                Follow(image, interval, limit);
            }
        }
        while (_printed < limit && context.Delay(TimeSpan.FromMilliseconds(TableWaitMilliseconds)));

        return ExitCode.Success;
    }

    private SegmentImage? Open(bool first)
    {
        if (SegmentImage.TryOpen(SegmentName.Parse(options.Name!), out SegmentImage? image))
        {
            return image;
        }

        return first ? throw CommandException.NotFound($"no segment '{options.Name}'; 'plenum list' shows what "
            + "exists") : null;
    }

    // Until the limit, Ctrl-C, or until the segment is gone or replaced.
    private void Follow(SegmentImage image, TimeSpan interval, long limit)
    {
        EntryFollower follower = Find(image, out SegmentDescription description, out EntryDescription entry);
        using var watch = new SegmentWatch(options);
        _ = watch.Sample();
        bool isKnown = false;
        bool showsNumbers;
        do
        {
            if (follower.Kind == "ambiguous")
            {
                // A future looks like a lazy value until it has one.
                follower = Find(image, out description, out entry);
            }

            // A future's state is what there is to see until its value comes.
            bool isPending = follower.Kind == "future" && !(isKnown |= WriteValues(follower, limit));
            bool isQueue = follower.Kind is "queue" or "channel";
            showsNumbers = !follower.CanFollow || isQueue || isPending;
            if (showsNumbers && _printed < limit)
            {
                if (!context.Delay(interval))
                {
                    return;
                }

                WriteNumbers(watch.Sample(), description, entry, image);
            }

            if (follower.CanFollow && !isPending && (!isQueue || typeName is not null))
            {
                _ = WriteValues(follower, limit);
            }
        }
        while (_printed < limit && image.Info is { LinkCount: > 0 }
            && (showsNumbers ? !context.Cancellation.IsCancellationRequested : context.Delay(interval)));
    }

    private EntryFollower Find(SegmentImage image, out SegmentDescription description, out EntryDescription entry)
    {
        description = SegmentInspector.Describe(image, new SegmentUsers(), options.Protocol);
        entry = EntryFollower.Find(description, entryName)
            ?? throw CommandException.NotFound(string.Create(
                CultureInfo.InvariantCulture,
                $"no entry '{entryName}' in '{description.Summary.Name}', which has {description.Entries.Count} "
                + $"entries"));
        EntryFollower follower = EntryFollower.Create(image, description, entry);
        if (typeName is not null && follower.CanFollow)
        {
            _format ??= ValueFormat.Parse(typeName, follower.ElementBytes);
        }

        return follower;
    }

    // False when there was nothing new.
    private bool WriteValues(EntryFollower follower, long limit)
    {
        EntryValues values = follower.Poll();
        if (values.Missed > 0)
        {
            context.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"plenum: {values.Missed} values came and went between two looks"));
        }

        if (values.Elements.Count == 0)
        {
            return false;
        }

        _format ??= Announce(ValueFormat.Guess(follower.ElementBytes, values.Elements));
        if (follower.Kind == "array")
        {
            WriteArray(values);
            return true;
        }

        ulong position = values.Position;
        foreach (ReadOnlyMemory<byte> element in values.Elements)
        {
            if (_printed >= limit)
            {
                break;
            }

            WriteValue(follower.Kind, position++, element);
            _printed++;
        }

        context.Output.Flush();
        return true;
    }

    private ValueFormat Announce(ValueFormat guess)
    {
        if (guess.IsGuess)
        {
            context.Error.WriteLine($"plenum: '{entryName}' stores no type; read as {guess.Name} (--type tells "
                + "another)");
        }

        return guess;
    }

    private void WriteValue(string kind, ulong position, ReadOnlyMemory<byte> element)
    {
        ReadOnlyMemory<byte> bytes = element[.._format!.SizeBytes];
        if (!asJson)
        {
            context.Output.WriteLine(_format.Text(bytes.Span));
            return;
        }

        JsonOutput.Line(context.Output, json =>
        {
            Begin(json, kind);
            json.WriteNumber(kind == "signal" ? "version" : "position", position);
            json.WritePropertyName("value");
            _format.Write(json, bytes.Span);
            json.WriteEndObject();
        });
    }

    private void WriteArray(EntryValues values)
    {
        _printed++;
        if (!asJson)
        {
            context.Output.WriteLine(string.Join(
                ' ', values.Elements.Select(element => _format!.Text(element.Span[.._format.SizeBytes]))));
            context.Output.Flush();
            return;
        }

        JsonOutput.Line(context.Output, json =>
        {
            Begin(json, "array");
            json.WriteStartArray("values");
            foreach (ReadOnlyMemory<byte> element in values.Elements)
            {
                _format!.Write(json, element.Span[.._format.SizeBytes]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private void WriteNumbers(
        WatchSnapshot snapshot, SegmentDescription description, EntryDescription entry, SegmentImage image)
    {
        _printed++;
        string stem = entry.PartOf ?? entry.Name;
        WatchedEntry? watched = snapshot.Segments.SelectMany(segment => segment.Entries)
            .FirstOrDefault(found => found.Name == stem || found.Name == entry.Name);
        IReadOnlyList<FieldDescription> fields = Fields(image, entry) ?? entry.Fields;
        if (asJson)
        {
            JsonOutput.Line(context.Output, json =>
            {
                Begin(json, entry.Kind);
                json.WriteString("segment", description.Summary.Name);
                if (watched is not null)
                {
                    json.WriteStartObject("measured");
                    WatchJson.Entry(json, watched);
                    json.WriteEndObject();
                }

                JsonOutput.Fields(json, "fields", fields);
                WatchJson.Events(json, snapshot.Events);
                json.WriteEndObject();
            });
            return;
        }

        string numbers = watched is { Consumed: not null }
            ? $"depth {RateText.OfCount(watched.Depth)}/{RateText.OfCount(watched.Capacity)}, "
                + $"in {RateText.Of(watched.ProducedPerSecond)}/s, out {RateText.Of(watched.ConsumedPerSecond)}/s"
            : FieldText.Of(fields);
        context.Output.WriteLine($"{snapshot.TimeUtc.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {numbers}");
        context.Output.Flush();
    }

    private static IReadOnlyList<FieldDescription>? Fields(SegmentImage image, EntryDescription entry) =>
        SegmentInspector.Describe(image, new SegmentUsers(), SegmentProtocol.ZeroIpc).Entries
            .FirstOrDefault(found => found.Name == entry.Name)?.Fields;

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("time", DateTime.UtcNow);
        json.WriteString("entry", entryName);
        json.WriteString("kind", kind);
    }
}
