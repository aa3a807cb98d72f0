namespace ZeroBuffer;

/// <summary>Receives a frame.</summary>
/// <param name="frame">The frame.</param>
public delegate void FrameCallback(in Frame frame);
