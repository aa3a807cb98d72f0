namespace Plenum.VoidShm;

/// <summary>What the index of <c>set i v...</c> counts.</summary>
public enum VoidSetIndex
{
    /// <summary>Channels: values start at element i * length.</summary>
    Channel = 0,

    /// <summary>Elements: values start at element i.</summary>
    Flat = 1,
}
