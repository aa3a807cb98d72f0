using System.Buffers.Binary;
using System.Globalization;
using Plenum.Platform;
using Plenum.VoidShm;

namespace Plenum.Inspection.Void;

/// <summary>Recognises and decodes VOID segments, by the layout profiles of the VOID library.</summary>
internal sealed class VoidSegmentProbe : ISegmentProbe
{
    internal const int StartBytes = 4096;

    // Three writes at the slowest rate that still looks like motion (12 Hz).
    private static readonly TimeSpan s_recent = TimeSpan.FromMilliseconds(250);

    public SegmentProtocol Protocol => SegmentProtocol.Void;

    public ProbeVerdict Probe(SegmentImage image)
    {
        byte[] start = image.ReadBytes(0, StartBytes);
        if (start.Length < 4 || image.UInt32At(0) != VoidProfile.AssumedMagic)
        {
            return ProbeVerdict.No;
        }

        (VoidProfile profile, bool fits, IReadOnlyList<string> others) = Choose(start, image.SizeBytes);
        List<string> evidence = ["the magic number 0x44494F56 (\"VOID\") stands at offset 0"];
        if (fits)
        {
            evidence.Add($"nothing contradicts the layout profile '{profile.Name}'");
        }

        if (others.Count > 0)
        {
            evidence.Add($"the profiles {string.Join(", ", others)} fit as well");
        }

        return new ProbeVerdict(fits ? 95 : 70, evidence);
    }

    public SegmentSummary Summarize(SegmentImage image, SegmentUsers users) =>
        Summarize(image, users, Read(image, out VoidHeader header), header);

    public SegmentDescription Describe(SegmentImage image, SegmentUsers users)
    {
        (VoidProfile profile, byte[] bytes) = Read(image, out VoidHeader header);
        SegmentSummary summary = Summarize(image, users, (profile, bytes), header);
        VoidValidity code = Code(profile, bytes, header, image.SizeBytes);
        return new SegmentDescription(summary)
        {
            Evidence = Probe(image).Evidence,
            Header = bytes.Length < profile.Layout.HeaderBytes ? [] : Fields(profile, bytes, header, code),
            Derived = Derived(image, profile, header, code),
            Findings = code == VoidValidity.Ok ? []
                : [new Finding(FindingSeverity.Error, VoidCodes.SpecName(code),
                    $"{VoidCodes.SpecName(code)}: {VoidCodes.Explain(code)}.")],
        };
    }

    public ulong ActivityMark(SegmentImage image)
    {
        _ = Read(image, out VoidHeader header);
        return unchecked((header.Epoch * 0x9E3779B97F4A7C15) ^ header.Frame);
    }

    /// <summary>The layout profile that a segment's first bytes fit, and the others that fit as well.</summary>
    internal static (VoidProfile Profile, bool Fits, IReadOnlyList<string> Others) Choose(byte[] start, long sizeBytes)
    {
        if (start.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(start) != VoidProfile.AssumedMagic)
        {
            return (VoidProfiles.Canon, false, []);
        }

        VoidProbeReport report = VoidProbe.Examine(start, sizeBytes, VoidProfiles.Rivals);
        List<VoidProfile> fitting = [.. report.Fitting.Select(finding => finding.Profile)];
        return fitting.Count == 0
            ? (VoidProfiles.Canon, false, [])
            : (fitting[0], true, [.. fitting.Skip(1).Select(profile => profile.Name)]);
    }

    private static (VoidProfile Profile, byte[] Bytes) Read(SegmentImage image, out VoidHeader header)
    {
        (VoidProfile profile, _, _) = Choose(image.ReadBytes(0, StartBytes), image.SizeBytes);
        VoidLayout layout = profile.Layout;
        byte[] bytes = image.ReadSettled(0, layout.HeaderBytes, out _);
        header = bytes.Length == layout.HeaderBytes ? layout.Decode(bytes) : default;
        return (profile, bytes);
    }

    private static VoidValidity Code(VoidProfile profile, byte[] bytes, in VoidHeader header, long sizeBytes) =>
        bytes.Length < profile.Layout.HeaderBytes ? VoidValidity.TooSmall : profile.Layout.Validate(header, sizeBytes);

    private static SegmentSummary Summarize(
        SegmentImage image, SegmentUsers users, (VoidProfile Profile, byte[] Bytes) read, in VoidHeader header)
    {
        VoidValidity code = Code(read.Profile, read.Bytes, header, image.SizeBytes);
        VoidInfo? info = image.IsLive && code == VoidValidity.Ok ? VoidInfo.Read(image.Name, read.Profile) : null;
        IReadOnlyList<SegmentUse> uses = image.IsLive ? users.Of(image.Name) : [];
        PeerDescription? writer = Writer(info, uses);
        TimeSpan age = Age(info);
        (SegmentState state, string reason) = (code, writer) switch
        {
            (not VoidValidity.Ok, _) => (SegmentState.Invalid, VoidCodes.Explain(code)),
            (_, { Liveness: ProcessLiveness.Dead }) => (SegmentState.Stale, "its writer died without disconnecting"),
            (_, null) when image.IsLive && users.IsComplete && uses.Count == 0 =>
                (SegmentState.Stale, "no process has it mapped"),
            (_, null) => (SegmentState.Idle, "no writer is visible from here"),
            _ when age > TimeSpan.Zero && age < s_recent => (SegmentState.Active, "its writer is writing"),
            _ => (SegmentState.Idle, "its writer is connected"),
        };
        return new SegmentSummary(image.Name, SegmentProtocol.Void, image.SizeBytes, state)
        {
            Writer = writer,
            Reader = Reader(uses, writer),
            Reason = reason,
            LastChange = age,
        };
    }

    private static PeerDescription? Writer(VoidInfo? info, IReadOnlyList<SegmentUse> uses)
    {
        if (info is { WriterProcessId: > 0 } known)
        {
            PeerDescription? peer = PeerDescription.Of((ulong)known.WriterProcessId);
            return known.WriterHoldsLock is { } holds && peer is not null
                ? peer with { Liveness = holds ? ProcessLiveness.Alive : ProcessLiveness.Dead }
                : peer;
        }

        foreach (SegmentUse use in uses)
        {
            if (use.Writable)
            {
                return new PeerDescription(use.ProcessId, ProcessIdentity.NameOf(use.ProcessId), ProcessLiveness.Alive);
            }
        }

        return null;
    }

    private static PeerDescription? Reader(IReadOnlyList<SegmentUse> uses, PeerDescription? writer)
    {
        foreach (SegmentUse use in uses)
        {
            if (use.ProcessId != writer?.ProcessId)
            {
                return new PeerDescription(use.ProcessId, ProcessIdentity.NameOf(use.ProcessId), ProcessLiveness.Alive);
            }
        }

        return null;
    }

    private static TimeSpan Age(VoidInfo? info)
    {
        long time = info?.WriteTimeNanoseconds ?? 0;
        long age = MonotonicClock.Nanoseconds - time;
        return time > 0 && age > 0 ? TimeSpan.FromTicks(age / 100) : TimeSpan.Zero;
    }

    private static string? MeaningOf(VoidField field, VoidHeader header) => field switch
    {
        VoidField.Magic => string.Create(
            CultureInfo.InvariantCulture,
            $"0x{header.Magic:X8}{(header.Magic == VoidProfile.AssumedMagic ? ", the letters VOID" : string.Empty)}"),
        VoidField.Channels => "rows",
        VoidField.Length => "floats in each row",
        VoidField.Epoch => "+1 with each change of name or shape",
        VoidField.Frame => "+1 with each write",
        _ => null,
    };

    private static List<FieldDescription> Fields(
        VoidProfile profile, byte[] bytes, VoidHeader header, VoidValidity code)
    {
        VoidOwner owner = profile.Layout.DecodeOwner(bytes);
        var fields = new List<FieldDescription>();
        foreach (VoidFieldPlacement field in profile.Layout.Fields)
        {
            (object value, VoidValidity broken) = field.Field switch
            {
                VoidField.Magic => ((object)(ulong)header.Magic, VoidValidity.BadMagic),
                VoidField.Version => ((ulong)header.Version, VoidValidity.BadVersion),
                VoidField.HeaderSize => ((ulong)header.HeaderSize, VoidValidity.BadHeaderSize),
                VoidField.Channels => ((ulong)header.Channels, VoidValidity.BadShape),
                VoidField.Length => ((ulong)header.Length, VoidValidity.BadShape),
                VoidField.Epoch => (header.Epoch, VoidValidity.Ok),
                VoidField.Frame => (header.Frame, VoidValidity.Ok),
                VoidField.OwnerApp => (owner.App, VoidValidity.Ok),
                VoidField.OwnerProject => (owner.Project, VoidValidity.Ok),
                _ => (owner.Node, VoidValidity.Ok),
            };
            bool violated = broken != VoidValidity.Ok && broken == code;
            fields.Add(new FieldDescription(field.SpecName, value)
            {
                Offset = field.Offset,
                SizeBytes = field.SizeBytes,
                Status = broken == VoidValidity.Ok ? FieldStatus.Unchecked : violated ? FieldStatus.Violated
                    : FieldStatus.Ok,
                Problem = violated ? VoidCodes.Explain(code) : null,
                Meaning = MeaningOf(field.Field, header),
            });
        }

        return fields;
    }

    private static List<FieldDescription> Derived(
        SegmentImage image, VoidProfile profile, VoidHeader header, VoidValidity code)
    {
        List<FieldDescription> fields = [new("profile", profile.Name), new("code", VoidCodes.SpecName(code))];
        if (code != VoidValidity.Ok)
        {
            return fields;
        }

        long dataBytes = 4L * (long)header.Channels * (long)header.Length;
        fields.Add(new("data_offset", (ulong)header.HeaderSize) { Unit = "bytes" });
        fields.Add(new("data_bytes", (ulong)dataBytes) { Unit = "bytes" });
        fields.Add(new("floats", (ulong)(dataBytes / 4)));
        if (image.IsLive && VoidInfo.Read(image.Name, profile) is { IsValid: true } info)
        {
            fields.Add(
                new("trailer", info.HasTrailer) { Meaning = "readers of this library can verify each snapshot" });
            fields.Add(new("secondBuffer", info.HasSecondBuffer));
            fields.Add(new("writerAlive", info.WriterHoldsLock));
            fields.Add(new("lastWriteAgeMs", info.WriteTimeNanoseconds > 0
                ? (MonotonicClock.Nanoseconds - info.WriteTimeNanoseconds) / 1_000_000 : null)
            {
                Unit = "ms",
                Meaning = string.Create(CultureInfo.InvariantCulture, $"frame {info.Frame} of epoch {info.Epoch}"),
            });
        }

        return fields;
    }
}
