namespace Plenum.VoidShm;

/// <summary>Which profiles fit a segment.</summary>
/// <param name="Code">Ok when the segment could be read (whatever fits it), otherwise why not.</param>
/// <param name="SizeBytes">Size of the segment.</param>
/// <param name="Findings">One finding a profile, in the order of the profiles.</param>
public sealed record VoidProbeReport(VoidValidity Code, long SizeBytes, IReadOnlyList<VoidProbeFinding> Findings)
{
    /// <summary>The profiles that nothing contradicts.</summary>
    public IEnumerable<VoidProbeFinding> Fitting => Findings.Where(f => f.Fits);

    /// <summary>True when more than one layout fits: the bytes alone cannot tell them apart.</summary>
    public bool IsAmbiguous => Fitting.Skip(1).Any();

    /// <summary>The only profile that fits; null when none or several do.</summary>
    public VoidProfile? Match => IsAmbiguous ? null : Fitting.FirstOrDefault()?.Profile;
}
