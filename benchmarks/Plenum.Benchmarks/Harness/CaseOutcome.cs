namespace Plenum.Benchmarks.Harness;

/// <summary>What one run of a case gave.</summary>
internal sealed record CaseOutcome
{
    /// <summary>Operations counted.</summary>
    internal required long Operations { get; init; }

    /// <summary>Seconds they took.</summary>
    internal required double Seconds { get; init; }

    /// <summary>Whether the answer was checked and right.</summary>
    internal required bool Verified { get; init; }

    /// <summary>Payload bytes of one operation; 0 when bytes are not the point.</summary>
    internal long BytesPerOperation { get; init; }

    /// <summary>Managed bytes allocated by both sides in the counted part.</summary>
    internal long AllocatedBytes { get; init; }

    /// <summary>Times of single operations, when they were taken.</summary>
    internal Histogram? Latency { get; init; }

    /// <summary>What the same bytes, calls or wake-ups cost without the library, in nanoseconds an operation, measured
    /// in the same sample; 0 when there is none.</summary>
    internal double ReferenceNanoseconds { get; init; }

    /// <summary>What the reference is.</summary>
    internal string Reference { get; init; } = string.Empty;

    /// <summary>Processor time of the side that waits, in percent of one core; negative when not measured.</summary>
    internal double WaiterCpuPercent { get; init; } = -1;

    /// <summary>What else there is to say of the sample.</summary>
    internal string Note { get; init; } = string.Empty;

    /// <summary>The median of single times taken by another program; 0 when <see cref="Latency"/> or the mean is
    /// used.</summary>
    internal double MedianNanoseconds { get; init; }

    /// <summary>Nanoseconds an operation: the median when single times were taken, else the mean.</summary>
    internal double Nanoseconds => MedianNanoseconds > 0 ? MedianNanoseconds :
        Latency is { Count: > 0 } latency ? latency.Percentile(0.5) : Operations > 0 ? Seconds * 1e9 / Operations : 0;
}
