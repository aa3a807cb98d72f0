using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Writing;

/// <summary>One published segment of a writer: everything between two structural changes. One thread at a time (the
/// writer's gate).</summary>
internal sealed class WriterSession
{
    /// <summary>The role lock of a writer: the bytes of the magic number, in every profile.</summary>
    internal const long RoleOffset = 0;
    internal const long RoleLength = 4;

    private readonly SharedSegment _segment;
    private readonly HeaderWord _magic;
    private readonly HeaderWord _epoch;
    private readonly HeaderWord _frame;
    private readonly bool _bigEndian;
    private readonly int _headerBytes;
    private readonly int _floatCount;
    private readonly ulong _frameMask;
    private readonly WriterTrailer? _trailer;
    private readonly AdaptiveCopy _copier = new();

    private WriterSession(SharedSegment segment, SegmentPlan plan, ulong epoch, ulong frame, VoidSecondBuffer second)
    {
        _segment = segment;
        Plan = plan;
        VoidLayout layout = plan.Layout;
        _headerBytes = layout.HeaderBytes;
        _floatCount = plan.FloatCount;
        _bigEndian = layout.BigEndian;
        _magic = new HeaderWord(segment, layout, VoidField.Magic);
        _epoch = new HeaderWord(segment, layout, VoidField.Epoch);
        _frame = new HeaderWord(segment, layout, VoidField.Frame);
        _frameMask = layout.MaxOf(VoidField.Frame);
        Epoch = epoch;
        Frame = frame;
        _trailer = layout.Profile.Trailer ? new WriterTrailer(segment, plan, epoch, second) : null;
    }

    internal SegmentPlan Plan { get; }

    internal ulong Epoch { get; }

    internal ulong Frame { get; private set; }

    internal SegmentName Name => _segment.Name;

    internal SharedSegment Segment => _segment;

    /// <summary>Publishes a new segment, in the place of an old one if there is one.</summary>
    /// <param name="name">The segment's name.</param>
    /// <param name="plan">Its layout.</param>
    /// <param name="options">Owner, permission, second buffer.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="frame">Its first frame number.</param>
    /// <param name="replaced">The segment whose name it takes.</param>
    /// <param name="giveUp">Marks the old segment invalid; called when the new one is complete and not visible
    /// yet.</param>
    internal static WriterSession Publish(
        SegmentName name, SegmentPlan plan, VoidWriterOptions options, ulong epoch, ulong frame,
        SharedSegment? replaced,
        Action? giveUp)
    {
        void Initialize(SharedSegment segment)
        {
            _ = segment.TryLockRole(RoleOffset, RoleLength);
            Fill(segment, plan, options, epoch, frame);
            giveUp?.Invoke();
        }

        var segmentOptions = new SegmentOptions
        {
            Permission = options.Permission ?? plan.Layout.Profile.Permission,
            Prefault = options.Prefault,
        };
        SharedSegment created = replaced is null
            ? SharedSegment.Create(name, plan.SegmentBytes, Initialize, segmentOptions)
            : SharedSegment.Replace(replaced, plan.SegmentBytes, Initialize, segmentOptions);
        return new WriterSession(created, plan, epoch, frame, options.SecondBuffer);
    }

    /// <summary>Copies values into the payload from an element on, as one write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(int firstElement, ReadOnlySpan<float> values)
    {
        Begin();
        Span<float> target = Payload().Slice(firstElement, values.Length);
        if (_bigEndian)
        {
            PayloadBytes.CopySwapped(values, target);
        }
        else
        {
            _copier.Copy(values, target);
        }

        End();
    }

    internal Span<float> Payload() => _segment.Span<float>(_headerBytes, _floatCount);

    /// <summary>Marks the payload as being written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Begin() => _trailer?.BeginPayload();

    /// <summary>Publishes what was stored since <see cref="Begin"/> as the next frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void End()
    {
        ulong frame = (Frame + 1) & _frameMask;
        Frame = frame;

        // PUBLISH [void-frame] The payload's bytes are visible to who sees the new frame number.
        //   Weaker: a foreign reader that waits for the frame copies the old payload.
        _frame.WriteRelease(frame);
        _trailer?.EndPayload(frame);
    }

    /// <summary>Tells everybody who has this segment mapped that it is no longer valid.</summary>
    internal void Invalidate()
    {
        Invalidate(Plan.Layout, _magic, _epoch, Epoch);
        _trailer?.WakeEverybody();
    }

    internal static void Invalidate(VoidLayout layout, HeaderWord magic, HeaderWord epoch, ulong current)
    {
        VoidInvalidation how = layout.Profile.Invalidation;
        if (how is VoidInvalidation.All or VoidInvalidation.MagicZero)
        {
            // PUBLISH [void-invalid] Readers with a mapping look at the magic number before and after each copy.
            magic.WriteRelease(0);
        }

        if (how is VoidInvalidation.All or VoidInvalidation.EpochPlusOne)
        {
            // PUBLISH [void-epoch] Readers that compare only the epoch see a change too.
            epoch.WriteRelease(EpochClock.Next(current, layout.MaxOf(VoidField.Epoch)));
        }
    }

    /// <summary>Invalidates, removes the name, closes.</summary>
    internal void GiveUp()
    {
        Invalidate();
        try
        {
            _ = _segment.RemoveName();
        }
        catch (SharedMemoryException)
        {
            // The folder no longer lets this user remove it; the segment is marked invalid, which readers go by.
        }

        Close();
    }

    internal void Close() => _segment.Dispose();

    private static void Fill(
        SharedSegment segment, SegmentPlan plan, VoidWriterOptions options, ulong epoch, ulong frame)
    {
        VoidLayout layout = plan.Layout;
        var header = new VoidHeader(
            0, layout.Profile.Version, (ulong)layout.HeaderBytes, (ulong)plan.Channels, (ulong)plan.Length, epoch,
            frame);
        byte[] bytes = new byte[layout.HeaderBytes];
        layout.Encode(bytes, header, options.Owner);
        bytes.CopyTo(segment.Span(0, bytes.Length));
        if (layout.Profile.Trailer)
        {
            WriterTrailer.Fill(segment, plan, options.SecondBuffer);
        }

        // PUBLISH [void-magic] Every other field stands before the magic number does.
        //   Weaker: a reader that opens the file while it is filled (systems without atomic naming) sees a valid magic
        //   and zeros.
        new HeaderWord(segment, layout, VoidField.Magic).WriteRelease(layout.Profile.Magic);
    }
}
