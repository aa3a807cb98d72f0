namespace ZeroBuffer;

/// <summary>The sizes of a buffer to be created.</summary>
public class BufferConfig
{
    /// <summary>Creates a configuration.</summary>
    /// <param name="metadataSize">Size of the metadata block in bytes.</param>
    /// <param name="payloadSize">Size of the payload ring in bytes.</param>
    public BufferConfig(int metadataSize = 1024, int payloadSize = 1024 * 1024)
    {
        MetadataSize = metadataSize;
        PayloadSize = payloadSize;
    }

    /// <summary>Size of the metadata block in bytes; rounded up to a multiple of 64.</summary>
    public int MetadataSize { get; set; }

    /// <summary>Size of the payload ring in bytes; rounded up to a multiple of 64.</summary>
    public int PayloadSize { get; set; }
}
