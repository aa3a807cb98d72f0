namespace Plenum.Cli.Measurement;

/// <summary>Speed of copying memory in pieces of one size.</summary>
internal sealed record MemoryCopyResult(int SizeBytes, double BytesPerSecond);
