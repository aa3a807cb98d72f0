namespace Plenum.VoidShm;

/// <summary>Encoding of the owner strings.</summary>
public enum VoidTextEncoding
{
    /// <summary>UTF-8; malformed bytes become U+FFFD.</summary>
    Utf8 = 0,

    /// <summary>ISO 8859-1.</summary>
    Latin1 = 1,
}
