using System.Globalization;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Output;

/// <summary>A segment's description for people.</summary>
internal static class DescriptionText
{
    internal static void Write(TextWriter output, SegmentDescription description)
    {
        SegmentSummary summary = description.Summary;
        string name = PrintableText.Of(summary.Name);
        output.WriteLine($"{name}: {ProtocolText.Of(summary.Protocol)}, {Bytes(summary.SizeBytes)}, "
            + $"{ProtocolText.Of(summary.State)}{(summary.Reason is { } reason ? $" ({reason})" : string.Empty)}");
        output.WriteLine($"writer {FieldText.Of(summary.Writer)}, reader {FieldText.Of(summary.Reader)}, "
            + $"changed {DurationText.Format(summary.LastChange)} ago at the latest");
        foreach (string line in description.Evidence)
        {
            output.WriteLine($"because {PrintableText.Of(line)}");
        }

        WriteFields(output, "Header", description.Header, withOffset: true);
        WriteFields(output, "Derived", description.Derived, withOffset: false);
        WriteEntries(output, description.Entries);
        WriteFindings(output, description.Findings);
    }

    internal static void WriteEntry(TextWriter output, EntryDescription entry)
    {
        string kinds = entry.Candidates.Count > 1 ? $": {string.Join(" or ", entry.Candidates)}" : string.Empty;
        output.WriteLine(PrintableText.Of(
            $"{entry.Name}: {entry.Kind}{kinds}, {Bytes(entry.SizeBytes)} at 0x{entry.Offset:x}"));
        if (entry.PartOf is { } owner)
        {
            output.WriteLine($"part of {PrintableText.Of(owner)}");
        }

        foreach (string line in entry.Evidence)
        {
            output.WriteLine($"because {PrintableText.Of(line)}");
        }

        WriteFields(output, "Fields", entry.Fields, withOffset: true);
        WriteFindings(output, entry.Findings);
    }

    internal static void WriteEntries(TextWriter output, IReadOnlyList<EntryDescription> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Entries");
        var table = new TextTable("NAME", "OFFSET", "SIZE", "KIND", "NOTE") { RightAligned = [1, 2], Indent = 2 };
        foreach (EntryDescription entry in entries)
        {
            string note = entry.PartOf is { } owner ? $"part of {owner}"
                : entry.Candidates.Count > 1 ? string.Join(" or ", entry.Candidates)
                : entry.Layout is { } layout ? $"{layout} layout" : string.Empty;
            table.Add(
                entry.Name,
                "0x" + entry.Offset.ToString("x", CultureInfo.InvariantCulture),
                entry.SizeBytes.ToString(CultureInfo.InvariantCulture),
                entry.Kind,
                note);
        }

        table.Write(output);
    }

    private static void WriteFields(
        TextWriter output, string title, IReadOnlyList<FieldDescription> fields, bool withOffset)
    {
        if (fields.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(title);
        TextTable table = withOffset
            ? new TextTable("OFFSET", "FIELD", "VALUE", "MEANING") { Indent = 2 }
            : new TextTable("FACT", "VALUE", "MEANING") { Indent = 2 };
        foreach (FieldDescription field in fields)
        {
            string value =
                FieldText.Of(field.Value) + (field is { Unit: { } unit, Value: not null } ? $" {unit}" : string.Empty);
            string meaning = field is { Status: FieldStatus.Violated, Problem: { } problem } ? $"BROKEN: {problem}"
                : field.Meaning ?? string.Empty;
            if (withOffset)
            {
                string offset = field.Offset < 0
                    ? "-" : "0x" + field.Offset.ToString("x2", CultureInfo.InvariantCulture);
                table.Add(offset, field.Name, value, meaning);
            }
            else
            {
                table.Add(field.Name, value, meaning);
            }
        }

        table.Write(output);
    }

    private static void WriteFindings(TextWriter output, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Findings");
        foreach (Finding finding in findings)
        {
            output.WriteLine($"  {JsonOutput.SeverityText(finding.Severity)}: {PrintableText.Of(finding.Message)}");
        }
    }

    private static string Bytes(long bytes) => bytes < 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
        : string.Create(CultureInfo.InvariantCulture, $"{SizeText.Format(bytes)} ({bytes} bytes)");
}
