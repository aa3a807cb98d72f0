using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>The line by which a reader hands its buffer over to a writer.</summary>
internal static class StreamAnnouncementText
{
    internal static string Of(ZeroBufferReader reader) => string.Create(CultureInfo.InvariantCulture,
        $"> {{\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"{JavaScriptEncoder.Default.Encode(reader.Name)}\","
        + $"{reader.MetadataSizeBytes},{reader.PayloadSizeBytes}]}}");

    /// <summary>The buffer's name from the first announcement in a file or stdin.</summary>
    internal static string NameFrom(string path, TimeSpan wait)
    {
        using var text = new StreamReader(ByteStreams.OpenInput(path));
        Task<string?> name = Task.Run(() => FirstName(text));
        return name.Wait(wait)
            ? name.Result ?? throw CommandException.NotFound($"no announcement in '{path}'")
            : throw CommandException.NotFound($"no announcement in '{path}' within {DurationText.Format(wait)}");
    }

    internal static string? MetadataOf(ZeroBufferReader reader) => reader is null ? "" : null;

    private static string? FirstName(StreamReader text)
    {
        while (text.ReadLine() is { } line)
        {
            if (line.TrimStart() is ['>', ..] announced && TryParse(announced[1..], out string? name))
            {
                return name;
            }
        }

        return null;
    }

    private static bool TryParse(string json, out string? name)
    {
        name = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("method", out JsonElement method)
                && method.ValueEquals("start-stream") && root.TryGetProperty("params", out JsonElement parameters)
                && parameters.ValueKind == JsonValueKind.Array && parameters.GetArrayLength() > 0
                && parameters[0].ValueKind == JsonValueKind.String)
            {
                name = parameters[0].GetString();
            }
        }
        catch (JsonException)
        {
            // Some other line of the program.
        }

        return name is not null;
    }
}
