using Plenum.Platform;

namespace Plenum.VoidShm.Reading;

/// <summary>First steps of every copy out of a segment's file.</summary>
internal static class SnapshotCopy
{
    /// <summary>Opens the file and checks that a header can be in it.</summary>
    internal static VoidValidity Open(SegmentSampler sampler, VoidLayout layout) => sampler.Open() switch
    {
        SegmentOpenStatus.Opened => sampler.SizeBytes < layout.HeaderBytes ? VoidValidity.TooSmall : VoidValidity.Ok,
        SegmentOpenStatus.NotFound => VoidValidity.Missing,
        SegmentOpenStatus.NotASegment => VoidValidity.BadMagic,
        _ => VoidValidity.Denied,
    };

    /// <summary>Opens, reads the header, validates it, closes; allocates only for headers over 1 KiB.</summary>
    internal static VoidValidity Validate(SegmentSampler sampler, VoidLayout layout)
    {
        VoidValidity code = Open(sampler, layout);
        if (code == VoidValidity.Ok)
        {
            Span<byte> bytes = layout.HeaderBytes <= 1024
                ? stackalloc byte[layout.HeaderBytes]
                : new byte[layout.HeaderBytes];
            code = sampler.Read(0, bytes) < bytes.Length
                ? VoidValidity.TooSmall
                : layout.Validate(layout.Decode(bytes), sampler.SizeBytes);
        }

        sampler.Close();
        return code;
    }
}
