using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace ZeroBuffer;

/// <summary>Says in this API's exceptions what Plenum.ZeroBuffer says in its own.</summary>
internal static class Translation
{
    /// <summary>The exception for the writing side.</summary>
    internal static Exception ForWriter(SharedMemoryException error) => error switch
    {
        SegmentNotFoundException => new BufferNotFoundException(error.Message, error),
        SegmentBusyException => new WriterAlreadyConnectedException(error),
        PeerClosedException or PeerTerminatedException => new ReaderDeadException(error),
        FrameSizeException { Error: FrameSizeError.Empty } => new ArgumentException(error.Message, error),
        FrameSizeException => new FrameTooLargeException(error),
        SegmentFormatException or SegmentCorruptedException => new InvalidOperationException(error.Message, error),
        _ => new ZeroBufferException(error.Message, error),
    };

    /// <summary>The exception for the reading side.</summary>
    internal static Exception ForReader(SharedMemoryException error) => error switch
    {
        SegmentBusyException => new ReaderAlreadyConnectedException(error),
        SegmentFormatException or SegmentCorruptedException => new InvalidOperationException(error.Message, error),
        _ => new ZeroBufferException(error.Message, error),
    };
}
