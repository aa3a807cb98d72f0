using System.Buffers;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>An answer as an object, for asynchronous code. Dispose it to give its bytes back to the server.</summary>
/// <remarks>The data is not copied: <see cref="Memory"/> is the response buffer itself until <see cref="Dispose"/>. One
/// thread at a time.</remarks>
public sealed class DuplexReply : IMemoryOwner<byte>
{
    private readonly OwnedFrame _frame;
    private readonly int _prefixBytes;

    internal DuplexReply(OwnedFrame frame, int prefixBytes)
    {
        _frame = frame;
        _prefixBytes = prefixBytes;
    }

    /// <summary>Size of the answer in bytes.</summary>
    public int SizeBytes => _frame.SizeBytes - _prefixBytes;

    /// <summary>The answer, in shared memory.</summary>
    /// <exception cref="ObjectDisposedException">The reply was disposed.</exception>
    public Memory<byte> Memory => _frame.Memory[_prefixBytes..];

    /// <summary>Gives the bytes back. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose() => _frame.Dispose();
}
