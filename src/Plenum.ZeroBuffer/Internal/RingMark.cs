namespace Plenum.ZeroBuffer.Internal;

/// <summary>The writer's own view of the ring, saved before frames are staged.</summary>
internal struct RingMark
{
    /// <summary>Ring position of the next header.</summary>
    internal long Position;

    /// <summary>Frames and wrap markers written.</summary>
    internal ulong Count;

    /// <summary>Number of the next frame.</summary>
    internal ulong Sequence;

    /// <summary>Lower bound of the free bytes.</summary>
    internal ulong FreeKnown;
}
