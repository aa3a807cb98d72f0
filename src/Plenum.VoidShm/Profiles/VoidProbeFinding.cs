namespace Plenum.VoidShm;

/// <summary>Whether one profile fits a segment, and why.</summary>
/// <param name="Profile">The profile, with the string capacity and the magic number that were found.</param>
/// <param name="Fits">True when nothing contradicts it.</param>
/// <param name="MagicMatches">True when the magic number is the one the profile assumes.</param>
/// <param name="Reasons">What speaks for it, or the first thing that contradicts it.</param>
public sealed record VoidProbeFinding(VoidProfile Profile, bool Fits, bool MagicMatches, IReadOnlyList<string> Reasons);
