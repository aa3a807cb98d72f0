using System.Text.Json;

namespace Plenum.Benchmarks.Harness;

/// <summary>How results are written.</summary>
internal static class ResultJson
{
    internal static JsonSerializerOptions Line { get; } = new();

    internal static JsonSerializerOptions File { get; } = new() { WriteIndented = true };
}
