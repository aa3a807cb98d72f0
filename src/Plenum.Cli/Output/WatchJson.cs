using System.Text.Json;
using Plenum.Inspection.Watching;

namespace Plenum.Cli.Output;

/// <summary>What a watch sees, for programs.</summary>
internal static class WatchJson
{
    internal static void Segment(Utf8JsonWriter json, WatchedSegment segment)
    {
        JsonOutput.Summary(json, segment.Summary);
        json.WriteString("motion", MotionText(segment.Motion));
        json.WriteNumber("produced", segment.Produced);
        Number(json, "consumed", segment.Consumed);
        json.WriteNumber("producedPerSecond", Math.Round(segment.ProducedPerSecond, 3));
        Rounded(json, "consumedPerSecond", segment.ConsumedPerSecond);
        Rounded(json, "bytesPerSecond", segment.BytesPerSecond);
        Number(json, "depth", segment.Depth);
        Rounded(json, "utilization", segment.Utilization);
        json.WriteNumber("generation", segment.Generation);
        json.WriteBoolean("settled", segment.IsSettled);
        json.WriteString("explanation", segment.Explanation);
        json.WriteStartArray("entries");
        foreach (WatchedEntry entry in segment.Entries)
        {
            json.WriteStartObject();
            Entry(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void Entry(Utf8JsonWriter json, WatchedEntry entry)
    {
        json.WriteString("name", entry.Name);
        json.WriteString("kind", entry.Kind);
        json.WriteNumber("produced", entry.Produced);
        Number(json, "consumed", entry.Consumed);
        json.WriteNumber("producedPerSecond", Math.Round(entry.ProducedPerSecond, 3));
        Rounded(json, "consumedPerSecond", entry.ConsumedPerSecond);
        Number(json, "depth", entry.Depth);
        Number(json, "capacity", entry.Capacity);
        json.WriteBoolean("counted", entry.IsCounted);
    }

    internal static void Events(Utf8JsonWriter json, IEnumerable<WatchEvent> events)
    {
        json.WriteStartArray("events");
        foreach (WatchEvent found in events)
        {
            json.WriteStartObject();
            json.WriteString("name", found.Name);
            json.WriteString("kind", KindText(found.Kind));
            json.WriteString("message", found.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static string MotionText(WatchMotion motion) => motion switch
    {
        WatchMotion.Moving => "moving",
        WatchMotion.Stalled => "stalled",
        _ => "still",
    };

    internal static string KindText(WatchEventKind kind) => kind switch
    {
        WatchEventKind.Appeared => "appeared",
        WatchEventKind.Vanished => "vanished",
        WatchEventKind.Replaced => "replaced",
        WatchEventKind.Reset => "reset",
        WatchEventKind.Stalled => "stalled",
        WatchEventKind.Resumed => "resumed",
        WatchEventKind.WriterArrived => "writer-arrived",
        WatchEventKind.WriterLeft => "writer-left",
        WatchEventKind.WriterDied => "writer-died",
        WatchEventKind.ReaderArrived => "reader-arrived",
        WatchEventKind.ReaderLeft => "reader-left",
        WatchEventKind.ReaderDied => "reader-died",
        WatchEventKind.Reshaped => "reshaped",
        WatchEventKind.Broke => "broke",
        _ => "repaired",
    };

    private static void Rounded(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, 4));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, ulong? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
