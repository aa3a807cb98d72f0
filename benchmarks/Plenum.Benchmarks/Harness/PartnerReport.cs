namespace Plenum.Benchmarks.Harness;

/// <summary>What the partner process says at the end of its half.</summary>
/// <param name="AllocatedBytes">Managed bytes its measuring thread allocated inside the counted part.</param>
/// <param name="Right">Whether everything it checked was right.</param>
/// <param name="Operations">What it counted itself.</param>
/// <param name="CpuSeconds">Processor time it used in the counted part.</param>
internal sealed record PartnerReport(long AllocatedBytes, bool Right, long Operations, double CpuSeconds);
