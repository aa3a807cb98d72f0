using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>Recognises ZeroBuffer segments. The protocol has no magic number, so the evidence is structural.</summary>
internal sealed class ZeroBufferProbe : ISegmentProbe
{
    public SegmentProtocol Protocol => SegmentProtocol.ZeroBuffer;

    public ProbeVerdict Probe(SegmentImage image)
    {
        var evidence = new List<string>();
        int confidence = 0;
        bool header = ZeroBufferHeader.TryRead(image, out ZeroBufferHeader oieb);
        if (header && oieb.OiebSize == ZeroBufferHeader.SizeBytes)
        {
            confidence += 20;
            evidence.Add("oieb_size is 128");
            if (oieb is { Major: 1, VersionReserved: 0 })
            {
                confidence += 15;
                evidence.Add($"version is {oieb.Major}.{oieb.Minor}.{oieb.Patch}");
            }
        }

        if (header && oieb.OiebSize == ZeroBufferHeader.SizeBytes && oieb.SizesAddUp(image.SizeBytes))
        {
            confidence += 40;
            evidence.Add(
                $"128 + metadata_size {oieb.MetadataSize} + payload_size {oieb.PayloadSize} is the file's size");
        }

        if (image.IsLive && HasSemaphores(image.Name))
        {
            // Nobody else names semaphores after a segment in this way: enough alone for a header that is broken.
            confidence += 60;
            evidence.Add($"semaphores sem-w-{image.Name} and sem-r-{image.Name} exist");
        }

        return confidence >= 60 ? new ProbeVerdict(Math.Min(confidence, 100), evidence) : ProbeVerdict.No;
    }

    public SegmentSummary Summarize(SegmentImage image, SegmentUsers users)
    {
        if (!ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header))
        {
            return Summary(image, SegmentState.Invalid, null, null, "smaller than a ZeroBuffer header");
        }

        PeerDescription? writer = Peer(image, header.WriterPid, ZeroBufferHeader.WriterPidOffset);
        PeerDescription? reader = Peer(image, header.ReaderPid, ZeroBufferHeader.ReaderPidOffset);
        if (ZeroBufferFields.FirstViolation(header, image.SizeBytes) is { } problem)
        {
            return Summary(image, SegmentState.Invalid, writer, reader, problem);
        }

        bool writerLives = writer is { Liveness: not ProcessLiveness.Dead };
        bool readerLives = reader is { Liveness: not ProcessLiveness.Dead };
        return (writerLives, readerLives) switch
        {
            (true, true) => Summary(image, SegmentState.Active, writer, reader, "writer and reader are connected"),
            (false, true) => Summary(image, SegmentState.Idle, writer, reader, "the reader waits for a writer"),
            (true, false) => Summary(image, SegmentState.Idle, writer, reader, "the writer has no living reader"),
            _ => Summary(image, SegmentState.Stale, writer, reader, "neither a writer nor a reader lives"),
        };
    }

    public SegmentDescription Describe(SegmentImage image, SegmentUsers users)
    {
        SegmentSummary summary = Summarize(image, users);
        ProbeVerdict verdict = Probe(image);
        if (!ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header))
        {
            return new SegmentDescription(summary)
            {
                Evidence = verdict.Evidence,
                Findings = [new Finding(
                    FindingSeverity.Error, "too-small", $"{image.SizeBytes} bytes are less than a header.")],
            };
        }

        var facts = new ZeroBufferFacts(image, header, summary);
        return new SegmentDescription(summary)
        {
            Evidence = verdict.Evidence,
            Header = ZeroBufferFields.Describe(header, image.SizeBytes, summary),
            Derived = facts.Derived(),
            Findings = facts.Findings(),
        };
    }

    public ulong ActivityMark(SegmentImage image) =>
        ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header)
            ? Fingerprint.Add(Fingerprint.Start, header.Bytes[0x10..0x60])
            : 0;

    private static bool HasSemaphores(string name) =>
        ZeroBufferSemaphore.Find(ZeroBufferSemaphore.WritePrefix, name) is not null
        && ZeroBufferSemaphore.Find(ZeroBufferSemaphore.ReadPrefix, name) is not null;

    private static PeerDescription? Peer(SegmentImage image, ulong processId, int offset)
    {
        PeerDescription? peer = PeerDescription.Of(processId);
        if (peer is null || peer.Liveness == ProcessLiveness.Alive || !image.IsLive)
        {
            return peer;
        }

        // The kernel's own lock is right also for a process of another pid namespace.
        return image.IsRoleLocked(offset, sizeof(ulong)) ? peer with { Liveness = ProcessLiveness.Alive } : peer;
    }

    private static SegmentSummary Summary(
        SegmentImage image, SegmentState state, PeerDescription? writer, PeerDescription? reader, string reason) =>
        new(image.Name, SegmentProtocol.ZeroBuffer, image.SizeBytes, state)
        {
            Writer = writer,
            Reader = reader,
            Reason = reason,
        };
}
