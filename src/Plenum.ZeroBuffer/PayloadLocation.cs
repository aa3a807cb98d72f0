namespace Plenum.ZeroBuffer;

/// <summary>Where a buffer's payload lies.</summary>
public enum PayloadLocation
{
    /// <summary>In the buffer's own segment, behind the metadata.</summary>
    SameSegment = 0,

    /// <summary>In a segment of its own, named <c>{name}_payload</c>: protocol version 2.</summary>
    OwnSegment = 1,
}
