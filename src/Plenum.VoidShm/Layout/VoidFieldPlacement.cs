namespace Plenum.VoidShm;

/// <summary>Where one header field lies under a profile.</summary>
/// <param name="Field">The field.</param>
/// <param name="SpecName">Its name in the contract's spelling.</param>
/// <param name="Offset">Bytes from the start of the segment.</param>
/// <param name="SizeBytes">Its size in bytes.</param>
/// <param name="IsText">True for the three owner strings.</param>
public readonly record struct VoidFieldPlacement(
    VoidField Field, string SpecName, int Offset, int SizeBytes, bool IsText);
