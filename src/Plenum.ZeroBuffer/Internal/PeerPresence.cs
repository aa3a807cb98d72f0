namespace Plenum.ZeroBuffer.Internal;

/// <summary>What is known about the process at the other end.</summary>
internal enum PeerPresence
{
    /// <summary>The pid field is 0: not connected, or closed.</summary>
    Absent = 0,

    /// <summary>It lives, or it cannot be told whether it lives.</summary>
    Present = 1,

    /// <summary>It died without closing.</summary>
    Dead = 2,
}
