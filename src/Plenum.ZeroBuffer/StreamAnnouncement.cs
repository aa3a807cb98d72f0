using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Plenum.Platform;

namespace Plenum.ZeroBuffer;

/// <summary>
/// The line by which a reader process tells its parent, on stdout, where to write: <c>&gt;</c> and a JSON-RPC 2.0
/// request <c>start-stream</c> with the buffer's name, metadata size and payload size.
/// </summary>
/// <param name="Name">The buffer's name.</param>
/// <param name="MetadataSizeBytes">Size of the metadata block in bytes.</param>
/// <param name="PayloadSizeBytes">Size of the payload ring in bytes.</param>
/// <remarks>Immutable and thread-safe.
/// <example>
/// <code>
/// // The reader's process:
/// Console.WriteLine(StreamAnnouncement.For(reader).ToLine());
/// // Its parent:
/// StreamAnnouncement stream = await StreamAnnouncement.FindAsync(child.StandardOutput);
/// using ZeroBufferWriter writer = stream.Connect(TimeSpan.FromSeconds(5));
/// </code>
/// </example>
/// </remarks>
public sealed record StreamAnnouncement(string Name, long MetadataSizeBytes, long PayloadSizeBytes)
{
    private const char Mark = '>';
    private const string Method = "start-stream";
    private const long MaxSizeBytes = 1L << 46;

    /// <summary>The announcement of a reader's buffer.</summary>
    /// <param name="reader">The reader.</param>
    public static StreamAnnouncement For(ZeroBufferReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new StreamAnnouncement(reader.Name, reader.MetadataSizeBytes, reader.PayloadSizeBytes);
    }

    /// <summary>Recognises an announcement; blanks around the line and after the mark are allowed.</summary>
    /// <param name="line">A line of a process' output.</param>
    /// <param name="announcement">The announcement.</param>
    /// <returns>False for any other line.</returns>
    public static bool TryParse(string? line, [NotNullWhen(true)] out StreamAnnouncement? announcement)
    {
        announcement = null;
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        if (text.IsEmpty || text[0] != Mark)
        {
            return false;
        }

        byte[] json = Encoding.UTF8.GetBytes(text[1..].Trim().ToString());
        try
        {
            using var document = JsonDocument.Parse(json);
            announcement = FromRequest(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        return announcement is not null;
    }

    /// <summary>Parses an announcement.</summary>
    /// <param name="line">A line of a process' output.</param>
    /// <exception cref="FormatException">The line is no announcement.</exception>
    public static StreamAnnouncement Parse(string line) => TryParse(line, out StreamAnnouncement? announcement)
        ? announcement
        : throw new FormatException(
            $"'{line}' is no stream announcement. Expected: > "
            + $"{{\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[name,"
            + "metadataSize,payloadSize]}");

    /// <summary>Reads lines until an announcement comes; other lines are skipped.</summary>
    /// <param name="output">A process' output.</param>
    /// <param name="cancellationToken">Ends the wait for a line.</param>
    /// <returns>The first announcement; null at the end of the output.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<StreamAnnouncement?> FindAsync(
        TextReader output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (await output.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (TryParse(line, out StreamAnnouncement? announcement))
            {
                return announcement;
            }
        }

        return null;
    }

    /// <summary>Connects a writer to the announced buffer.</summary>
    /// <param name="timeout">How long to wait for it at most.</param>
    /// <param name="options">Waiting and writing; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SegmentFormatException">The buffer's sizes are not those announced.</exception>
    /// <inheritdoc cref="ZeroBufferWriter.Connect(string, TimeSpan, ZeroBufferOptions?, CancellationToken)"
    /// path="/exception"/>
    public ZeroBufferWriter Connect(
        TimeSpan timeout, ZeroBufferOptions? options = null, CancellationToken cancellationToken = default)
    {
        ZeroBufferWriter writer = ZeroBufferWriter.Connect(Name, timeout, options, cancellationToken);
        long metadata = Internal.BufferLayout.Align(MetadataSizeBytes);
        long payload = Internal.BufferLayout.Align(PayloadSizeBytes);
        if (writer.MetadataSizeBytes == metadata && writer.PayloadSizeBytes == payload)
        {
            return writer;
        }

        string found = $"{writer.MetadataSizeBytes} + {writer.PayloadSizeBytes} bytes";
        writer.Dispose();
        throw new SegmentFormatException(
            $"Could not connect to buffer '{Name}': it has {found}, announced were {metadata} + {payload}. It is "
            + "another reader's "
            + "buffer; let the announcing reader choose another name.",
            "connect to buffer",
            Name,
            $"{metadata} + {payload} bytes",
            found);
    }

    /// <summary>The line, without a line end.</summary>
    public string ToLine()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteString("method", Method);
            json.WriteStartArray("params");
            json.WriteStringValue(Name);
            json.WriteNumberValue(MetadataSizeBytes);
            json.WriteNumberValue(PayloadSizeBytes);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return $"{Mark} {Encoding.UTF8.GetString(buffer.ToArray())}";
    }

    private static StreamAnnouncement? FromRequest(JsonElement request)
    {
        bool matches = request.ValueKind == JsonValueKind.Object
            && request.TryGetProperty("jsonrpc", out JsonElement version) && IsText(version, "2.0")
            && request.TryGetProperty("method", out JsonElement method) && IsText(method, Method);
        if (!matches || !request.TryGetProperty("params", out JsonElement list)
            || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 3)
        {
            return null;
        }

        bool valid = list[0].ValueKind == JsonValueKind.String
            & IsSize(list[1], 0, out long metadata) & IsSize(list[2], 1, out long payload);
        return valid && SegmentName.TryParse(list[0].GetString(), out SegmentName? name)
            ? new StreamAnnouncement(name!.Value, metadata, payload)
            : null;
    }

    private static bool IsText(JsonElement element, string text) =>
        element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static bool IsSize(JsonElement element, long minimum, out long size)
    {
        size = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out size)
            && size >= minimum && size <= MaxSizeBytes;
    }
}
