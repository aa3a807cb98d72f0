using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Looks from any thread, while the endpoint may be busy or being closed: each look keeps the mapping for
/// itself.</summary>
internal sealed class PeerLook
{
    private readonly Lock _lock = new();
    private readonly SharedSegment _segment;
    private readonly SharedUInt64 _free;
    private readonly PeerWatch _peer;

    internal PeerLook(SharedSegment segment, long peerRoleOffset)
    {
        _segment = segment;
        _free = segment.UInt64(OperationInfoBlock.PayloadFreeBytesOffset);
        _peer = new PeerWatch(segment, peerRoleOffset);
    }

    /// <summary>Whether the process at the other end is there; false after the endpoint was closed.</summary>
    internal bool IsPeerPresent()
    {
        if (!TryHold())
        {
            return false;
        }

        try
        {
            lock (_lock)
            {
                return _peer.Look() == PeerPresence.Present;
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _segment.ReleaseReference();
        }
    }

    /// <summary>The free bytes now; false after the endpoint was closed.</summary>
    internal bool TryReadFree(out ulong free)
    {
        free = 0;
        if (!TryHold())
        {
            return false;
        }

        free = _free.ReadAcquire();
        _segment.ReleaseReference();
        return true;
    }

    private bool TryHold()
    {
        try
        {
            _segment.AddReference();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
