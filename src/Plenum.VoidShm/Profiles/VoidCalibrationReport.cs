namespace Plenum.VoidShm;

/// <summary>What a calibration found.</summary>
/// <param name="Profile">The layout found; null when the observations contradict each other or the values were not
/// found.</param>
/// <param name="Equivalent">Name of the built-in profile with the same offsets and widths; null when there is
/// none.</param>
/// <param name="Findings">Each step and its outcome, in order, for people.</param>
/// <param name="Open">What the observations leave open, and what would settle it.</param>
public sealed record VoidCalibrationReport(
    VoidProfile? Profile, string? Equivalent, IReadOnlyList<string> Findings, IReadOnlyList<string> Open);
