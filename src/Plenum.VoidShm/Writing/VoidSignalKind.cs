namespace Plenum.VoidShm;

/// <summary>Form of a generated signal.</summary>
public enum VoidSignalKind
{
    /// <summary>A sine between -1 and 1.</summary>
    Sine = 0,

    /// <summary>A rising line from 0 to 1, once a period.</summary>
    Ramp = 1,

    /// <summary>White noise between -1 and 1, the same for the same time and cell.</summary>
    Noise = 2,

    /// <summary>0 in the first half of a period, 1 in the second.</summary>
    Step = 3,
}
