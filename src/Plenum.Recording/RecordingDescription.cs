using System.Globalization;
using System.Text.Json;

namespace Plenum.Recording;

/// <summary>What a recording is of. Immutable; safe from any thread.</summary>
public sealed record RecordingDescription
{
    /// <summary>What the items are.</summary>
    public required RecordingKind Kind { get; init; }

    /// <summary>The segment that was recorded, without a leading slash.</summary>
    public required string Segment { get; init; }

    /// <summary>The structure in the segment; null when the segment is one thing.</summary>
    public string? Entry { get; init; }

    /// <summary>When the recording started, by the clock on the wall; item times count from here.</summary>
    public DateTime StartedUtc { get; init; } = DateTime.UtcNow;

    /// <summary>Everything else that replaying needs, for example <c>element-type</c>. Names a reader does not know are
    /// kept and ignored.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>A property, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public string? Property(string name) => Properties.GetValueOrDefault(name);

    /// <summary>A property that is a whole number, or the fallback.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">What a missing or malformed property counts as.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public long Number(string name, long fallback) =>
        long.TryParse(Property(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value : fallback;

    internal byte[] ToUtf8()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("kind", (int)Kind);
            json.WriteString("segment", Segment);
            json.WriteString("entry", Entry);
            json.WriteString("startedUtc", StartedUtc.ToString("O", CultureInfo.InvariantCulture));
            json.WriteStartObject("properties");
            foreach ((string name, string value) in Properties)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    internal static RecordingDescription FromUtf8(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return new RecordingDescription
            {
                Kind = (RecordingKind)root.GetProperty("kind").GetInt32(),
                Segment = root.GetProperty("segment").GetString() ?? string.Empty,
                Entry = root.GetProperty("entry").GetString(),
                StartedUtc = DateTime.Parse(
                    root.GetProperty("startedUtc").GetString() ?? string.Empty,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.RoundtripKind),
                Properties = root.GetProperty("properties").EnumerateObject()
                    .ToDictionary(property => property.Name, property => property.Value.GetString() ?? string.Empty),
            };
        }
        catch (Exception e) when (
            e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
                or ArgumentException)
        {
            throw new RecordingFormatException($"the recording's description is malformed: {e.Message}", e);
        }
    }
}
