namespace ZeroBuffer;

/// <summary>Extensions of <see cref="Frame"/>.</summary>
public static class FrameExtensions
{
    /// <summary>A reference to the frame's bytes that can be stored; see <see cref="FrameRef"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <exception cref="ArgumentException">The frame is not valid.</exception>
    public static FrameRef ToFrameRef(this Frame frame) => FrameRef.FromFrame(frame);
}
