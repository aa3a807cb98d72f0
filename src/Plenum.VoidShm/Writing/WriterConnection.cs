using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Reading;

namespace Plenum.VoidShm.Writing;

/// <summary>The steps of becoming the one writer of a name: look, lock, judge, replace.</summary>
/// <remarks>
/// <para>Every writer of this library holds a kernel lock on the first four bytes of its segment from before the
/// segment has a name
/// until it dies. Whoever wants to take a stale segment over first takes that lock on it, then makes sure that the name
/// still leads
/// to it: of two that start at once exactly one gets there, and the name never leads nowhere in between.</para>
/// </remarks>
internal static class WriterConnection
{
    private const int MaxAttempts = 16;

    /// <summary>Connects, or says why not.</summary>
    /// <param name="name">The segment.</param>
    /// <param name="plan">Its layout.</param>
    /// <param name="options">The writer's options.</param>
    /// <param name="lastEpoch">The writer's last epoch, if it had one.</param>
    /// <param name="frame">First frame number.</param>
    /// <param name="session">The published session.</param>
    /// <param name="holder">The process that owns the name, when busy and known.</param>
    /// <returns><see cref="VoidValidity.Ok"/>, <see cref="VoidValidity.Busy"/>, or what stands in the way under that
    /// name.</returns>
    internal static VoidValidity TryConnect(
        SegmentName name, SegmentPlan plan, VoidWriterOptions options, ulong? lastEpoch, ulong frame,
        out WriterSession? session, out long holder)
    {
        session = null;
        holder = 0;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            VoidValidity found = Look(name, plan.Layout);
            if (found is not (VoidValidity.Ok or VoidValidity.Missing))
            {
                return found;
            }

            VoidValidity outcome = found == VoidValidity.Missing
                ? PublishNew(name, plan, options, lastEpoch, frame, out session)
                : TakeOver(name, plan, options, lastEpoch, frame, out session, out holder);
            if (outcome != VoidValidity.Changed)
            {
                return outcome;
            }
        }

        return VoidValidity.Busy;
    }

    /// <summary>Ok when the name leads to a segment of this layout, valid or invalidated; otherwise what it
    /// is.</summary>
    private static VoidValidity Look(SegmentName name, VoidLayout layout)
    {
        using var sampler = new SegmentSampler(name);
        VoidValidity opened = SnapshotCopy.Open(sampler, layout);
        if (opened != VoidValidity.Ok)
        {
            return opened;
        }

        byte[] bytes = new byte[layout.HeaderBytes];
        if (sampler.Read<byte>(0, bytes) < bytes.Length)
        {
            return VoidValidity.TooSmall;
        }

        VoidHeader header = layout.Decode(bytes);
        if (header.Magic == 0)
        {
            // Invalidated by a writer that died before it removed the name.
            header = header with { Magic = layout.Profile.Magic == 0 ? 1 : layout.Profile.Magic };
        }

        return layout.Validate(header, sampler.SizeBytes);
    }

    private static VoidValidity PublishNew(
        SegmentName name, SegmentPlan plan, VoidWriterOptions options, ulong? lastEpoch, ulong frame,
        out WriterSession? session)
    {
        ulong epoch = lastEpoch is { } own
            ? EpochClock.After(plan.Layout, own, null)
            : EpochClock.First(plan.Layout, name.Value, null);
        try
        {
            session = WriterSession.Publish(name, plan, options, epoch, frame, null, null);
            return VoidValidity.Ok;
        }
        catch (SegmentExistsException)
        {
            // Another writer was faster; judge what it published.
            session = null;
            return VoidValidity.Changed;
        }
    }

    private static VoidValidity TakeOver(
        SegmentName name, SegmentPlan plan, VoidWriterOptions options, ulong? lastEpoch, ulong frame,
        out WriterSession? session, out long holder)
    {
        session = null;
        holder = 0;
        VoidLayout layout = plan.Layout;
        SharedSegment? opened = OpenExisting(name, layout, out VoidValidity problem);
        if (opened is null)
        {
            return problem;
        }

        using SharedSegment stale = opened;
        StaleSegment judged = new(stale, layout);
        holder = judged.ProcessId;

        // CLAIM [writer-role] Of several that want this segment one gets the lock; the kernel frees it when its holder
        // dies.
        if (!stale.TryLockRole(WriterSession.RoleOffset, WriterSession.RoleLength))
        {
            return VoidValidity.Busy;
        }

        if (!stale.IsNamed())
        {
            return VoidValidity.Changed;
        }

        if (judged.IsOwnerAlive(options.TakeoverObservation))
        {
            return VoidValidity.Busy;
        }

        holder = 0;
        ulong old = judged.Epoch;
        ulong epoch = lastEpoch is { } own
            ? EpochClock.After(layout, own, old)
            : EpochClock.First(layout, name.Value, old);
        try
        {
            session = WriterSession.Publish(name, plan, options, epoch, frame, stale, judged.Invalidate);
            return VoidValidity.Ok;
        }
        catch (Exception e) when (e is SegmentExistsException or SegmentNotFoundException)
        {
            return VoidValidity.Changed;
        }
    }

    private static SharedSegment? OpenExisting(SegmentName name, VoidLayout layout, out VoidValidity problem)
    {
        problem = VoidValidity.Changed;
        try
        {
            // Pages are reserved on opening, so that marking a peer's sparse segment cannot fault.
            return SharedSegment.TryOpen(name, out SharedSegment? opened, SegmentAccess.ReadWrite, layout.HeaderBytes)
                ? opened
                : null;
        }
        catch (SegmentFormatException)
        {
            problem = VoidValidity.TooSmall;
            return null;
        }
        catch (SharedMemoryException e) when (e is not SharedMemorySpaceException)
        {
            problem = VoidValidity.Denied;
            return null;
        }
    }
}
