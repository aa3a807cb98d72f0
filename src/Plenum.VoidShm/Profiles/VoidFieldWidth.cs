namespace Plenum.VoidShm;

/// <summary>Width of one number of the header.</summary>
public enum VoidFieldWidth
{
    /// <summary>Two bytes, unsigned.</summary>
    U16 = 0,

    /// <summary>Four bytes, unsigned.</summary>
    U32 = 1,

    /// <summary>Four bytes, signed; negative values are invalid.</summary>
    I32 = 2,

    /// <summary>Eight bytes, unsigned.</summary>
    U64 = 3,
}
