namespace Plenum.Inspection;

/// <summary>How sure a probe is, from 0 (not this protocol) to 100, and why.</summary>
internal sealed record ProbeVerdict(int Confidence, IReadOnlyList<string> Evidence)
{
    internal static ProbeVerdict No { get; } = new(0, []);
}
