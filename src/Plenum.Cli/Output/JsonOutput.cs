using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plenum.Inspection;

namespace Plenum.Cli.Output;

/// <summary>Writes JSON documents and lines.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions s_document =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One indented document.</summary>
    internal static void Document(TextWriter output, Action<Utf8JsonWriter> write) => Write(output, write, s_document);

    /// <summary>One object on one line, flushed.</summary>
    internal static void Line(TextWriter output, Action<Utf8JsonWriter> write)
    {
        Write(output, write, s_line);
        output.Flush();
    }

    internal static void Summary(Utf8JsonWriter json, SegmentSummary summary)
    {
        json.WriteString("name", summary.Name);
        json.WriteString("protocol", ProtocolText.Of(summary.Protocol));
        json.WriteNumber("sizeBytes", summary.SizeBytes);
        json.WriteString("state", ProtocolText.Of(summary.State));
        Peer(json, "writer", summary.Writer);
        Peer(json, "reader", summary.Reader);
        json.WriteNumber("lastChangeMs", (long)summary.LastChange.TotalMilliseconds);
        if (summary.Reason is { } reason)
        {
            json.WriteString("reason", reason);
        }
    }

    internal static void Fields(Utf8JsonWriter json, string name, IReadOnlyList<FieldDescription> fields)
    {
        json.WriteStartObject(name);
        foreach (FieldDescription field in fields)
        {
            json.WritePropertyName(field.Name);
            Value(json, field.Value);
        }

        json.WriteEndObject();
    }

    internal static void Findings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", SeverityText(finding.Severity));
            json.WriteString("code", finding.Code);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static string SeverityText(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "info",
    };

    internal static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    internal static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case IReadOnlyList<FieldDescription> fields:
                json.WriteStartObject();
                foreach (FieldDescription field in fields)
                {
                    json.WritePropertyName(field.Name);
                    Value(json, field.Value);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(FieldText.Of(value));
                break;
        }
    }

    private static void Peer(Utf8JsonWriter json, string name, PeerDescription? peer)
    {
        if (peer is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("pid", peer.ProcessId);
        json.WriteString("process", peer.ProcessName);
        json.WriteString("liveness", FieldText.Of(peer.Liveness));
        json.WriteEndObject();
    }

    private static void Write(TextWriter output, Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            write(json);
        }

        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Write('\n');
    }
}
