namespace Plenum.VoidShm;

/// <summary>The numbers of a header, decoded.</summary>
/// <param name="Magic">Magic number.</param>
/// <param name="Version">Version of the contract.</param>
/// <param name="HeaderSize">Size of the header in bytes = offset of the payload.</param>
/// <param name="Channels">Rows of the payload.</param>
/// <param name="Length">Floats in each row.</param>
/// <param name="Epoch">Structural generation.</param>
/// <param name="Frame">Number of writes.</param>
public readonly record struct VoidHeader(
    uint Magic, ulong Version, ulong HeaderSize, ulong Channels, ulong Length, ulong Epoch, ulong Frame);
