namespace Plenum.VoidShm;

/// <summary>Byte order of the header's numbers and of the payload.</summary>
public enum VoidEndian
{
    /// <summary>Least significant byte first.</summary>
    Little = 0,

    /// <summary>Most significant byte first.</summary>
    Big = 1,

    /// <summary>The order of the machine that runs; always little where this library runs.</summary>
    Native = 2,
}
