namespace Plenum.VoidShm;

/// <summary>What happens to the frame counter when the epoch changes.</summary>
public enum VoidFrameOnEpoch
{
    /// <summary>It starts at 0 again.</summary>
    Reset = 0,

    /// <summary>It goes on.</summary>
    Keep = 1,
}
