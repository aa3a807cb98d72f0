using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>Recognises ZeroBuffer segments. The protocol has no magic number, so the evidence is structural.</summary>
internal sealed class ZeroBufferProbe : ISegmentProbe
{
    private const int AnswersOffset = ZeroBufferHeader.AnswersOffset;

    public SegmentProtocol Protocol => SegmentProtocol.ZeroBuffer;

    public ProbeVerdict Probe(SegmentImage image)
    {
        if (ZeroBufferPayload.TryRead(image, out _))
        {
            return new ProbeVerdict(100, ["it begins with ZBPAYLD2, as a payload of version 2 does"]);
        }

        var evidence = new List<string>();
        int confidence = 0;
        bool header = ZeroBufferHeader.TryRead(image, out ZeroBufferHeader oieb)
            && (oieb.OiebSize == ZeroBufferHeader.SizeBytes || oieb.IsSecond);
        if (header)
        {
            confidence += 20;
            evidence.Add($"oieb_size is {oieb.OiebSize}");
            if (oieb.Major == (oieb.IsSecond ? 2 : 1) && oieb.VersionReserved == 0)
            {
                confidence += 15;
                evidence.Add($"version is {oieb.Major}.{oieb.Minor}.{oieb.Patch}");
            }
        }

        if (header && oieb.SizesAddUp(image.SizeBytes))
        {
            confidence += 40;
            evidence.Add(oieb.IsSecond
                ? $"{oieb.Parts} is the file's size"
                : $"128 + metadata_size {oieb.MetadataSize} + payload_size {oieb.PayloadSize} is the file's size");
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
        if (ZeroBufferPayload.TryRead(image, out ZeroBufferPayload payload))
        {
            return payload.Summarize(image, users, this);
        }

        if (!ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header))
        {
            return Summary(image, SegmentState.Invalid, null, null, "smaller than a ZeroBuffer header");
        }

        PeerDescription? writer = header.IsChannel
            ? Client(image) : Peer(image, header.WriterPid, ZeroBufferHeader.WriterPidOffset);
        PeerDescription? reader = Peer(image, header.ReaderPid, ZeroBufferHeader.ReaderPidOffset);
        if (ZeroBufferFields.FirstViolation(header, image.SizeBytes) is { } problem)
        {
            return Summary(image, SegmentState.Invalid, writer, reader, problem);
        }

        bool writerLives = writer is { Liveness: not ProcessLiveness.Dead };
        bool readerLives = reader is { Liveness: not ProcessLiveness.Dead };
        return header.IsChannel ? Channel(image, writer, reader, readerLives) : (writerLives, readerLives) switch
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
        if (ZeroBufferPayload.TryRead(image, out ZeroBufferPayload payload))
        {
            return new SegmentDescription(summary)
            {
                Evidence = verdict.Evidence,
                Header = payload.Fields(image.SizeBytes),
            };
        }

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
            Header = header.IsChannel && ZeroBufferHeader.TryRead(image, out ZeroBufferHeader answers, AnswersOffset)
                ? [.. ZeroBufferFields.Describe(header, image.SizeBytes, summary),
                    .. ZeroBufferFields.DescribeAnswers(answers, summary)]
                : ZeroBufferFields.Describe(header, image.SizeBytes, summary),
            Derived = facts.Derived(),
            Findings = facts.Findings(),
        };
    }

    public ulong ActivityMark(SegmentImage image) =>
        ZeroBufferHeader.TryRead(image, out ZeroBufferHeader header)
            ? Fingerprint.Add(
                Fingerprint.Add(Fingerprint.Start, header.Bytes[0x10..0x60]),
                header.IsChannel ? image.ReadBytes(AnswersOffset + 0x40, 0x20) : [])
            : 0;

    // The client reads the answers, and the lock of that field says whether it lives.
    private static PeerDescription? Client(SegmentImage image)
    {
        const int offset = AnswersOffset + ZeroBufferHeader.ReaderPidOffset;
        return image.UInt64At(offset) is { } processId ? Peer(image, processId, offset) : null;
    }

    private static SegmentSummary Channel(
        SegmentImage image, PeerDescription? client, PeerDescription? server, bool serverLives)
    {
        bool clientLives = client is { Liveness: not ProcessLiveness.Dead };
        return (clientLives, serverLives) switch
        {
            (true, true) => Summary(image, SegmentState.Active, client, server, "client and server are connected"),
            (false, true) => Summary(image, SegmentState.Idle, client, server, "the server waits for a client"),
            (true, false) => Summary(image, SegmentState.Idle, client, server, "the client has no living server"),
            _ => Summary(image, SegmentState.Stale, client, server, "neither a client nor a server lives"),
        };
    }

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
