using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Reports;

/// <summary>A file of benchmarks/results: the machine, the command and every sample.</summary>
internal sealed record ResultFile
{
    [JsonPropertyName("command")]
    public required string Command { get; init; }

    [JsonPropertyName("date")]
    public required string Date { get; init; }

    [JsonPropertyName("processor")]
    public required string Processor { get; init; }

    [JsonPropertyName("processors")]
    public required int Processors { get; init; }

    [JsonPropertyName("system")]
    public required string System { get; init; }

    [JsonPropertyName("runtime")]
    public required string Runtime { get; init; }

    [JsonPropertyName("samples")]
    public required IReadOnlyList<SampleRecord> Samples { get; init; }

    /// <summary>A file of samples just taken here.</summary>
    internal static ResultFile Create(string command, IReadOnlyList<SampleRecord> samples) => new()
    {
        Command = command,
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Processor = ProcessorName(),
        Processors = ProcessorAffinity.Available().Count,
        System = RuntimeInformation.OSDescription + " " + RuntimeInformation.OSArchitecture,
        Runtime = RuntimeInformation.FrameworkDescription,
        Samples = samples,
    };

    internal static ResultFile Load(string path) =>
        JsonSerializer.Deserialize<ResultFile>(File.ReadAllText(path), ResultJson.File)
        ?? throw new InvalidDataException($"{path} is empty");

    /// <summary>All files of the results folder, oldest name first.</summary>
    internal static IReadOnlyList<ResultFile> LoadAll(string root) =>
        [.. Directory.EnumerateFiles(Path.Combine(root, "benchmarks", "results"), "*.json")
            .Order(StringComparer.Ordinal).Select(Load)];

    internal void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, ResultJson.File) + "\n");

    private static string ProcessorName()
    {
        const string key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
