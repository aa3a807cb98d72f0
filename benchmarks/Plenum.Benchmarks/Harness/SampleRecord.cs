using System.Text.Json.Serialization;

namespace Plenum.Benchmarks.Harness;

/// <summary>One sample as it stands in a results file.</summary>
internal sealed record SampleRecord
{
    [JsonPropertyName("case")]
    public required string Case { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("rulerBeforeNs")]
    public required double RulerBeforeNs { get; init; }

    [JsonPropertyName("rulerAfterNs")]
    public required double RulerAfterNs { get; init; }

    [JsonPropertyName("operations")]
    public required long Operations { get; init; }

    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    [JsonPropertyName("nsPerOperation")]
    public required double NsPerOperation { get; init; }

    [JsonPropertyName("p99Ns")]
    public double P99Ns { get; init; }

    [JsonPropertyName("p999Ns")]
    public double P999Ns { get; init; }

    [JsonPropertyName("p9999Ns")]
    public double P9999Ns { get; init; }

    [JsonPropertyName("maxNs")]
    public double MaxNs { get; init; }

    [JsonPropertyName("bytesPerSecond")]
    public double BytesPerSecond { get; init; }

    [JsonPropertyName("allocatedBytesPerOperation")]
    public double AllocatedBytesPerOperation { get; init; }

    [JsonPropertyName("reference")]
    public string Reference { get; init; } = string.Empty;

    [JsonPropertyName("referenceNs")]
    public double ReferenceNs { get; init; }

    [JsonPropertyName("waiterCpuPercent")]
    public double WaiterCpuPercent { get; init; } = -1;

    [JsonPropertyName("note")]
    public string Note { get; init; } = string.Empty;

    [JsonPropertyName("verified")]
    public required bool Verified { get; init; }

    /// <summary>The mean of the two ruler readings.</summary>
    [JsonIgnore]
    public double RulerNs => (RulerBeforeNs + RulerAfterNs) / 2;

    /// <summary>Round trips of the ruler that one operation takes.</summary>
    [JsonIgnore]
    public double RatioToRuler => RulerNs > 0 ? NsPerOperation / RulerNs : 0;
}
