using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Plenum.VoidShm;

/// <summary>Frames as JSON objects:
/// <c>{"epoch":..,"frame":..,"timeNs":..,"channels":..,"length":..,"values":[[..],..]}</c>.</summary>
/// <remarks>Thread-safe. JSON has no number for NaN and infinities: they are written as the strings <c>"NaN"</c>,
/// <c>"Infinity"</c>,
/// <c>"-Infinity"</c>, and read back from them.</remarks>
public static class VoidJson
{
    /// <summary>Writes one frame as one object.</summary>
    /// <param name="output">Receives UTF-8 text.</param>
    /// <param name="snapshot">What the read found.</param>
    /// <param name="values">The values, a whole frame.</param>
    /// <exception cref="ArgumentException">Fewer values than the snapshot's shape.</exception>
    public static void WriteFrame(IBufferWriter<byte> output, in VoidSnapshot snapshot, ReadOnlySpan<float> values)
    {
        if (values.Length < snapshot.FloatCount)
        {
            throw new ArgumentException(
                $"The frame has {snapshot.FloatCount} values, {values.Length} were given.", nameof(values));
        }

        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("epoch", snapshot.Epoch);
        json.WriteNumber("frame", snapshot.Frame);
        json.WriteNumber("timeNs", snapshot.WriteTimeNanoseconds);
        json.WriteNumber("channels", snapshot.Channels);
        json.WriteNumber("length", snapshot.Length);
        json.WriteStartArray("values");
        for (int c = 0; c < snapshot.Channels; c++)
        {
            json.WriteStartArray();
            foreach (float value in values.Slice(c * snapshot.Length, snapshot.Length))
            {
                WriteValue(json, value);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads the values of an object of <see cref="WriteFrame"/>, or of a plain array of numbers or of
    /// rows.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="channels">Rows; 1 for a plain array of numbers.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="values">The values, channel by channel.</param>
    /// <returns>False when it is not such a text, or the rows differ in length.</returns>
    public static bool TryReadFrame(
        ReadOnlyMemory<byte> json, out int channels, out int length, [NotNullWhen(true)] out float[]? values)
    {
        channels = 0;
        length = 0;
        values = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            JsonElement array = document.RootElement;
            if (array.ValueKind == JsonValueKind.Object && !array.TryGetProperty("values", out array))
            {
                return false;
            }

            return array.ValueKind == JsonValueKind.Array && TryReadRows(array, out channels, out length, out values);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadRows(
        JsonElement array, out int channels, out int length, [NotNullWhen(true)] out float[]? values)
    {
        var all = new List<float>();
        int rows = 0;
        int width = -1;
        bool nested = array.GetArrayLength() > 0 && array[0].ValueKind == JsonValueKind.Array;
        channels = 0;
        length = 0;
        values = null;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (nested != (item.ValueKind == JsonValueKind.Array))
            {
                return false;
            }

            int before = all.Count;
            if (nested ? !TryReadRow(item, all) : !TryReadValue(item, all))
            {
                return false;
            }

            if (nested && width >= 0 && all.Count - before != width)
            {
                return false;
            }

            width = nested ? all.Count - before : width;
            rows++;
        }

        channels = nested ? rows : 1;
        length = nested ? width : rows;
        values = [.. all];
        return values.Length > 0;
    }

    private static bool TryReadRow(JsonElement row, List<float> all)
    {
        foreach (JsonElement item in row.EnumerateArray())
        {
            if (!TryReadValue(item, all))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadValue(JsonElement item, List<float> all)
    {
        float value;
        if (item.ValueKind == JsonValueKind.String)
        {
            switch (item.GetString())
            {
                case "NaN": value = float.NaN; break;
                case "Infinity": value = float.PositiveInfinity; break;
                case "-Infinity": value = float.NegativeInfinity; break;
                default: return false;
            }
        }
        else if (item.ValueKind != JsonValueKind.Number || !item.TryGetSingle(out value))
        {
            return false;
        }

        all.Add(value);
        return true;
    }

    private static void WriteValue(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(float.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }
}
