using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Diagnosis;

namespace Plenum.Cli.Commands.Doctor;

/// <summary><c>plenum doctor</c>: what is wrong with the shared memory of this machine.</summary>
internal sealed class DoctorCommand : PlenumCommand
{
    internal const string Summary = "Find what is wrong with the shared memory of this machine, and clean up.";

    private readonly Argument<string?> _segment;
    private readonly Option<bool> _clean;
    private readonly Option<bool> _json;

    internal DoctorCommand()
        : base("doctor", Summary)
    {
        _segment = Declare(Symbols.OptionalName("SEGMENT", "Only this segment and what belongs to it."));
        _clean = Declare(Symbols.Flag("--clean", "Remove what provably belongs to nobody; say what was left and why."));
        _json = Declare(Symbols.Json());
        Examples = ["plenum doctor", "plenum doctor --clean", "plenum doctor camera --json"];
        Remarks = """
            Looks for stale and half-made segments, corrupt headers, dead writers and readers, semaphores, lock files,
            temporaries and wait tables that were left, structures wedged or locked by the dead, a full or small folder,
            permissions, other users' segments, process numbers of other pid namespaces. It reads only; --clean removes
            what no process has open and whose owners are certainly dead, and nothing else. Exit code 0 when there is
            nothing but information, 1 when something was found, also when --clean removed it, 3 when there is nothing
            of the name SEGMENT.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string? name = context.Get(_segment) is { } text ? SegmentSelector.Parse(text).ToName().Value : null;
        DoctorReport report = SegmentDoctor.Examine(name, context.Cancellation);
        DoctorCleaning? cleaning = null;
        if (context.Get(_clean))
        {
            cleaning = new DoctorCleaning();
            cleaning.Run(report, name, context.Cancellation);
        }

        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json => WriteJson(json, report, cleaning));
        }
        else
        {
            WriteText(context.Output, report, cleaning);
        }

        // What concerns the whole machine was told all the same.
        context.Output.Flush();
        return name is not null && report.SegmentCount == 0 && !report.Findings.Any(IsOfASegment)
            ? throw CommandException.NotFound(
                $"no segment '{name}', and nothing that was left of one; 'plenum list' shows what exists")
            : report.HasProblems ? ExitCode.Problem : ExitCode.Success;
    }

    private static void WriteText(TextWriter output, DoctorReport report, DoctorCleaning? cleaning)
    {
        string space = report.TotalBytes > 0
            ? $"{SizeText.Format(report.TotalBytes)}, {SizeText.Format(report.FreeBytes)} free" : "size unknown";
        output.WriteLine($"{report.FolderPath}: {space}, {report.SegmentCount} "
            + (report.SegmentCount == 1 ? "segment" : "segments"));
        var text = WrappedText.For(output);
        foreach (DoctorFinding finding in report.Findings)
        {
            text.WriteLine(
                $"{SeverityText(finding.Severity),-7}  {finding.Code}  {finding.Subject}: {finding.Message}", 9);
            if (finding.Advice is { } advice)
            {
                text.WriteLine($"         -> {advice}", 12);
            }
        }

        foreach (string removed in cleaning?.Removed ?? [])
        {
            output.WriteLine($"removed  {removed}");
        }

        foreach ((string subject, string reason) in cleaning?.Left ?? [])
        {
            text.WriteLine($"left     {subject}: {reason}", 9);
        }

        int problems = report.Findings.Count(finding => finding.Severity != FindingSeverity.Info);
        string word = problems == 1 ? "problem" : "problems";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{problems} {word}")
            + (problems == 0 && report.SegmentCount > 0 ? ": all is well" : string.Empty));
    }

    private static void WriteJson(Utf8JsonWriter json, DoctorReport report, DoctorCleaning? cleaning)
    {
        json.WriteStartObject();
        json.WriteStartObject("folder");
        json.WriteString("path", report.FolderPath);
        json.WriteNumber("totalBytes", report.TotalBytes);
        json.WriteNumber("freeBytes", report.FreeBytes);
        json.WriteEndObject();
        json.WriteNumber("segments", report.SegmentCount);
        json.WriteNumber("problems", report.Findings.Count(finding => finding.Severity != FindingSeverity.Info));
        json.WriteStartArray("findings");
        foreach (DoctorFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", JsonOutput.SeverityText(finding.Severity));
            json.WriteString("code", finding.Code);
            json.WriteString("kind", KindText(finding.Kind));
            json.WriteString("subject", finding.Subject);
            json.WriteString("message", finding.Message);
            json.WriteString("advice", finding.Advice);
            json.WriteBoolean("removable", finding.IsRemovable);
            json.WriteString("leftBecause", finding.LeftBecause);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonOutput.Strings(json, "removed", cleaning?.Removed ?? []);
        json.WriteStartArray("left");
        foreach ((string subject, string reason) in cleaning?.Left ?? [])
        {
            json.WriteStartObject();
            json.WriteString("subject", subject);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool IsOfASegment(DoctorFinding finding) =>
        finding.Kind is not (DoctorSubject.Folder or DoctorSubject.System);

    private static string SeverityText(FindingSeverity severity) =>
        severity == FindingSeverity.Info ? "note" : JsonOutput.SeverityText(severity);

    private static string KindText(DoctorSubject kind) => kind switch
    {
        DoctorSubject.Segment => "segment",
        DoctorSubject.Semaphore => "semaphore",
        DoctorSubject.LockFile => "lock",
        DoctorSubject.Temporary => "temporary",
        DoctorSubject.WaitTable => "wait-table",
        DoctorSubject.Folder => "folder",
        _ => "system",
    };
}
