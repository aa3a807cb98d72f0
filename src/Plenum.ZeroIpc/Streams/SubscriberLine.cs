using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The cells of one subscriber's line.</summary>
internal readonly struct SubscriberLine
{
    internal SubscriberLine(SharedSegment segment, long offset)
    {
        Offset = offset;
        Cursor = segment.UInt64(offset);
        State = segment.UInt32(offset + BroadcastSubscriber.StateOffset);
        Policy = segment.UInt32(offset + BroadcastSubscriber.PolicyOffset);
        ProcessId = segment.UInt64(offset + BroadcastSubscriber.ProcessOffset);
        StartTicks = segment.UInt64(offset + BroadcastSubscriber.StartTicksOffset);
        Lost = segment.UInt64(offset + BroadcastSubscriber.LostOffset);
        EvictNanoseconds = segment.UInt64(offset + BroadcastSubscriber.EvictOffset);
        Joined = segment.UInt64(offset + BroadcastSubscriber.JoinedOffset);
        Generation = segment.UInt64(offset + BroadcastSubscriber.GenerationOffset);
    }

    internal long Offset { get; }

    internal SharedUInt64 Cursor { get; }

    internal SharedUInt32 State { get; }

    internal SharedUInt32 Policy { get; }

    internal SharedUInt64 ProcessId { get; }

    internal SharedUInt64 StartTicks { get; }

    internal SharedUInt64 Lost { get; }

    internal SharedUInt64 EvictNanoseconds { get; }

    internal SharedUInt64 Joined { get; }

    internal SharedUInt64 Generation { get; }

    /// <summary>Whether the publisher must not overtake it.</summary>
    internal bool IsGating => State.ReadAcquire() == BroadcastSubscriber.Active
        && Policy.ReadAcquire() != (uint)SubscriberPolicy.DropOldest;

    /// <summary>Whether the publisher let it go.</summary>
    internal bool IsEvicted => State.ReadAcquire() == BroadcastSubscriber.Evicted;

    internal ProcessIdentity Process => new((long)ProcessId.ReadAcquire(), StartTicks.ReadAcquire());

    /// <summary>Whether its process, or the object that subscribed, is gone without having said so.</summary>
    internal bool IsDead(SharedSegment segment) =>
        State.ReadAcquire() != BroadcastSubscriber.Free && BroadcastCore.IsGone(segment, Offset, Process);
}
