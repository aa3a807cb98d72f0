namespace Plenum.VoidShm;

/// <summary>What is known about the intactness of a snapshot.</summary>
public enum VoidVerification
{
    /// <summary>No values were read.</summary>
    None = 0,

    /// <summary>The writer keeps no sequence (a foreign writer, or the strict profile): the values may stem from two
    /// writes.</summary>
    Unverifiable = 1,

    /// <summary>All values stem from one write.</summary>
    Verified = 2,
}
