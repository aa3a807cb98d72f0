using System.Text.Json;
using Plenum.Inspection;

namespace Plenum.Cli.Output;

/// <summary>A segment's description for programs.</summary>
internal static class DescriptionJson
{
    internal static void Write(Utf8JsonWriter json, SegmentDescription description)
    {
        json.WriteStartObject();
        JsonOutput.Summary(json, description.Summary);
        JsonOutput.Strings(json, "evidence", description.Evidence);
        JsonOutput.Fields(json, "header", description.Header);
        JsonOutput.Fields(json, "derived", description.Derived);
        json.WriteStartArray("entries");
        foreach (EntryDescription entry in description.Entries)
        {
            json.WriteStartObject();
            WriteEntryBody(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonOutput.Findings(json, description.Findings);
        json.WriteEndObject();
    }

    /// <summary>The properties of an object that stands for one entry.</summary>
    internal static void WriteEntryProperties(Utf8JsonWriter json, SegmentSummary summary, EntryDescription entry)
    {
        json.WriteString("segment", summary.Name);
        json.WriteString("protocol", ProtocolText.Of(summary.Protocol));
        WriteEntryBody(json, entry);
    }

    internal static void WriteEntryBody(Utf8JsonWriter json, EntryDescription entry)
    {
        json.WriteString("name", entry.Name);
        json.WriteNumber("offset", entry.Offset);
        json.WriteNumber("sizeBytes", entry.SizeBytes);
        json.WriteString("kind", entry.Kind);
        JsonOutput.Strings(json, "candidates", entry.Candidates);
        JsonOutput.Strings(json, "evidence", entry.Evidence);
        json.WriteString("layout", entry.Layout);
        json.WriteString("partOf", entry.PartOf);
        JsonOutput.Fields(json, "fields", entry.Fields);
        JsonOutput.Findings(json, entry.Findings);
    }
}
