using Plenum.Inspection.Void;
using Plenum.Inspection.ZeroBuffer;
using Plenum.Inspection.ZeroIpc;
using Plenum.Platform;

namespace Plenum.Inspection;

/// <summary>Identifies and decodes one segment.</summary>
/// <remarks>Only reads: never maps, never consumes, never wakes anybody. Stateless and thread-safe.</remarks>
public static class SegmentInspector
{
    private static readonly ISegmentProbe[] s_probes =
        [new ZeroIpcProbe(), new VoidSegmentProbe(), new ZeroBufferProbe()];

    /// <summary>Tells which protocol a segment follows.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="evidence">Why.</param>
    /// <returns><see cref="SegmentProtocol.Unknown"/> when none fits.</returns>
    public static SegmentProtocol Identify(SegmentImage image, out IReadOnlyList<string> evidence)
    {
        ArgumentNullException.ThrowIfNull(image);
        ISegmentProbe? probe = Find(image, SegmentProtocol.Unknown, out ProbeVerdict verdict);
        evidence = verdict.Evidence;
        return probe?.Protocol ?? SegmentProtocol.Unknown;
    }

    /// <summary>The one-line facts of a segment.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="users">Who maps which segments.</param>
    /// <param name="protocol">Decodes as this protocol; <see cref="SegmentProtocol.Unknown"/> finds out.</param>
    public static SegmentSummary Summarize(
        SegmentImage image, SegmentUsers users, SegmentProtocol protocol = SegmentProtocol.Unknown)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(users);
        SegmentSummary summary = Find(image, protocol, out _)?.Summarize(image, users) ?? Foreign(image);
        return WithAge(summary, image);
    }

    /// <summary>Everything about a segment.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="users">Who maps which segments.</param>
    /// <param name="protocol">Decodes as this protocol; <see cref="SegmentProtocol.Unknown"/> finds out.</param>
    public static SegmentDescription Describe(
        SegmentImage image, SegmentUsers users, SegmentProtocol protocol = SegmentProtocol.Unknown)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(users);
        ISegmentProbe? probe = Find(image, protocol, out _);
        ulong before = image.IsLive ? probe?.ActivityMark(image) ?? 0 : 0;
        SegmentDescription description = probe?.Describe(image, users)
            ?? new SegmentDescription(Foreign(image))
            {
                Findings =
                    [new Finding(FindingSeverity.Info, "unknown", "The bytes follow none of the three protocols.")],
            };
        SegmentSummary summary = WithAge(description.Summary, image);
        bool moved = image.IsLive && summary.State == SegmentState.Idle && probe?.ActivityMark(image) != before;
        return description with
        {
            Summary = !moved ? summary : summary with
            {
                State = SegmentState.Active,
                Reason = SegmentCatalog.Moved,
                LastChange = TimeSpan.Zero,
            },
        };
    }

    /// <summary>Decodes an entry of a ZeroIPC segment as a kind of the caller's choice.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="entry">One of its entries.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>Null when the entry's bytes do not fit the kind.</returns>
    public static EntryDescription? DescribeAs(SegmentImage image, EntryDescription entry, string kind)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Kind == kind)
        {
            return entry;
        }

        if (!ZeroIpcTable.TryRead(image, out ZeroIpcTable? table) || table is null
            || table.Rows.FirstOrDefault(row => row.Name == entry.Name && row.Offset == entry.Offset) is not { } found)
        {
            return null;
        }

        KindMatch? match = KindRecognizer.Matches(new EntryView(image, found), table.Shape).Find(
            candidate => candidate.Kind == kind);
        return match is null ? null : entry with
        {
            Kind = kind,
            Candidates = [kind],
            Evidence = [match.Evidence],
            Layout = match.Layout,
            Fields = match.Fields,
            Findings = match.Findings,
        };
    }

    /// <summary>The segment that holds the payload of a ZeroBuffer of version 2, or held it: it goes with the
    /// buffer.</summary>
    /// <param name="buffer">The buffer's name; the buffer itself may be gone.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static SegmentName? PayloadOf(SegmentName buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (!SegmentName.TryParse(buffer.Value + ZeroBufferPayload.Suffix, out SegmentName? name)
            || !SegmentImage.TryOpen(name!, out SegmentImage? image))
        {
            return null;
        }

        using (image)
        {
            return ZeroBufferPayload.TryRead(image, out _) ? name : null;
        }
    }

    /// <summary>A number that differs when the live fields of the segment differ; 0 when it is of no known
    /// protocol.</summary>
    internal static ulong ActivityMark(SegmentImage image, SegmentProtocol protocol)
    {
        foreach (ISegmentProbe probe in s_probes)
        {
            if (probe.Protocol == protocol)
            {
                return probe.ActivityMark(image);
            }
        }

        return 0;
    }

    private static ISegmentProbe? Find(SegmentImage image, SegmentProtocol wanted, out ProbeVerdict verdict)
    {
        ISegmentProbe? best = null;
        verdict = ProbeVerdict.No;
        foreach (ISegmentProbe probe in s_probes)
        {
            if (probe.Protocol == wanted)
            {
                verdict = probe.Probe(image);
                return probe;
            }

            if (wanted == SegmentProtocol.Unknown && probe.Probe(image) is var found
                && found.Confidence > verdict.Confidence)
            {
                best = probe;
                verdict = found;
            }
        }

        return best;
    }

    private static SegmentSummary Foreign(SegmentImage image) =>
        new(image.Name, SegmentProtocol.Unknown, image.SizeBytes, SegmentState.Foreign)
        {
            Reason = "follows none of the three protocols",
        };

    private static SegmentSummary WithAge(SegmentSummary summary, SegmentImage image)
    {
        if (image.Info is not { } info || summary.LastChange != TimeSpan.Zero)
        {
            return summary;
        }

        TimeSpan age = DateTime.UtcNow - info.ChangedUtc;
        return summary with { LastChange = age > TimeSpan.Zero ? age : TimeSpan.Zero };
    }
}
