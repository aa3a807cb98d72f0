using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises and decodes ZeroIPC segments.</summary>
internal sealed class ZeroIpcProbe : ISegmentProbe
{
    private const int MarkedRows = 256;
    private const int MarkedBytes = 64;

    public SegmentProtocol Protocol => SegmentProtocol.ZeroIpc;

    public ProbeVerdict Probe(SegmentImage image) =>
        image.UInt32At(0) == ZeroIpcTable.MagicNumber
            ? new ProbeVerdict(90, ["the magic number 0x5A49504D stands at offset 0"])
            : ProbeVerdict.No;

    public SegmentSummary Summarize(SegmentImage image, SegmentUsers users) =>
        Summarize(image, users, ZeroIpcTable.TryRead(image, out ZeroIpcTable? table) ? table : null);

    public SegmentDescription Describe(SegmentImage image, SegmentUsers users)
    {
        if (!ZeroIpcTable.TryRead(image, out ZeroIpcTable? table) || table is null)
        {
            return new SegmentDescription(Summarize(image, users, null))
            {
                Findings = [new Finding(FindingSeverity.Error, "magic", "The magic number 0x5A49504D is not there.")],
            };
        }

        IReadOnlyList<EntryDescription> entries = KindRecognizer.Recognize(image, table);
        return new SegmentDescription(Summarize(image, users, table))
        {
            Evidence = Probe(image).Evidence,
            Header = table.Fields(),
            Derived = Derived(table, entries),
            Entries = entries,
            Findings = [.. table.Findings, .. entries.SelectMany(entry => entry.Findings)],
        };
    }

    public ulong ActivityMark(SegmentImage image)
    {
        if (!ZeroIpcTable.TryRead(image, out ZeroIpcTable? table) || table is null)
        {
            return 0;
        }

        ulong mark = Fingerprint.Add(Fingerprint.Start, image.ReadBytes(0, ZeroIpcTable.HeaderBytes));
        foreach (ZeroIpcRow row in table.Rows.Where(row => row.IsInside).Take(MarkedRows))
        {
            mark = Fingerprint.Add(mark, image.ReadBytes(row.Offset, (int)Math.Min(MarkedBytes, row.SizeBytes)));
        }

        return mark;
    }

    private static SegmentSummary Summarize(SegmentImage image, SegmentUsers users, ZeroIpcTable? table)
    {
        IReadOnlyList<SegmentUse> uses = image.IsLive ? users.Of(image.Name) : [];
        string? problem = table is null ? "the magic number is not there"
            : table.Findings.Count > 0 ? table.Findings[0].Message
            : null;
        return new SegmentSummary(
            image.Name,
            SegmentProtocol.ZeroIpc,
            image.SizeBytes,
            problem is null ? SegmentState.Idle : SegmentState.Invalid)
        {
            // The format names no owner: who has it mapped is what can be told.
            Writer = Peer(uses, writable: true),
            Reader = Peer(uses, writable: false),
            Reason = problem ?? uses.Count switch
            {
                0 => "no process that is visible from here has it mapped; it lives until it is removed",
                1 => "mapped by 1 process",
                int count => string.Create(CultureInfo.InvariantCulture, $"mapped by {count} processes"),
            },
        };
    }

    private static PeerDescription? Peer(IReadOnlyList<SegmentUse> uses, bool writable)
    {
        foreach (SegmentUse use in uses)
        {
            if (use.Writable == writable)
            {
                return new PeerDescription(use.ProcessId, ProcessIdentity.NameOf(use.ProcessId), ProcessLiveness.Alive);
            }
        }

        return null;
    }

    private static List<FieldDescription> Derived(ZeroIpcTable table, IReadOnlyList<EntryDescription> entries)
    {
        ulong free = table.MemorySize > table.NextOffset ? table.MemorySize - table.NextOffset : 0;
        return
        [
            new("maxEntries", (ulong)table.EffectiveMaxEntries) { Meaning = "rows of the table" },
            new("tableBytes", table.TableEnd) { Unit = "bytes" },
            new("freeBytes", free) { Unit = "bytes", Meaning =
                "not yet given to an entry; nothing is ever given back" },
            new("utilisation", table.MemorySize == 0 ? 0.0
                : Math.Round((double)(table.MemorySize - free) / table.MemorySize, 6)),
            new("structures",
                (ulong)entries.Count(entry => entry.PartOf is null || entry.Kind is "stream" or "channel")),
            new("ambiguous", (ulong)entries.Count(entry => entry.Kind == KindRecognizer.Ambiguous)),
        ];
    }
}
