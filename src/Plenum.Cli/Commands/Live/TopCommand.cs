using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Output.Drawing;
using Plenum.Cli.Parsing;
using Plenum.Inspection.Watching;
using Plenum.Platform;

namespace Plenum.Cli.Commands.Live;

/// <summary><c>plenum top</c>: a live view of every segment.</summary>
internal sealed class TopCommand : PlenumCommand
{
    internal const string Summary = "Watch every segment in a full-screen live view.";

    private const int PlainWidth = 80;

    private readonly Option<TimeSpan> _interval;
    private readonly Option<long> _count;
    private readonly Option<string> _sort;
    private readonly Option<string> _colour;
    private readonly Option<bool> _ascii;
    private readonly Option<bool> _json;

    internal TopCommand()
        : base("top", Summary)
    {
        _interval = Declare(Symbols.Duration(
            "--interval", "Time between two samples.", TimeSpan.FromMilliseconds(500), "500ms"));
        _count = Declare(Symbols.Number(
            "--count", "Stop after this many samples; 0 for no limit.", 0L, 0, long.MaxValue, "-n"));
        _sort = Declare(Symbols.Choice("--sort", "Order of the rows.", "name", "name", "rate", "used"));
        _colour = Declare(Symbols.Choice("--color", "Colours in the full-screen view.", "auto", "auto", "never"));
        _ascii = Declare(Symbols.Flag("--ascii", "Draw with ASCII characters only."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum top", "plenum top --sort rate --color never", "plenum top --count 2 | cat",
            "plenum top --json --interval 1s",
        ];
        Remarks = """
            Keys: q quits, the arrows (or j and k) select, Enter shows the segment, s changes the order, space pauses.
            Where stdout is not a terminal, and with NO_COLOR or TERM=dumb, it prints the table for each sample instead;
            with --json an object a line. --color never keeps the full screen without colours. Only headers are read:
            a writer at full speed does not notice.
            """;
    }

    internal override int Run(CommandContext context)
    {
        long limit = context.Get(_count) is > 0 and var count ? count : long.MaxValue;
        using var watch = new SegmentWatch();
        if (!context.Get(_json) && !Console.IsOutputRedirected && !Terminal.IsPlain
            && context.Output is StreamWriter)
        {
            var session = new TopSession(context, watch, new TopModel(context.Get(_sort)), GlyphsOf(context));
            session.Run(context.Get(_interval), limit, context.Get(_colour) != "never");
            return ExitCode.Success;
        }

        Print(context, watch, limit);
        return ExitCode.Success;
    }

    // Rates need two samples: the first is not printed.
    private void Print(CommandContext context, SegmentWatch watch, long limit)
    {
        var view = new TopView(GlyphsOf(context));
        var model = new TopModel(context.Get(_sort));
        model.Update(watch.Sample());
        for (long printed = 0; printed < limit && context.Delay(context.Get(_interval)); printed++)
        {
            WatchSnapshot snapshot = watch.Sample();
            model.Update(snapshot);
            if (context.Get(_json))
            {
                WriteJson(context.Output, snapshot, model.Rows);
            }
            else
            {
                WriteText(context.Output, view, snapshot, model.Rows);
            }
        }
    }

    private static void WriteText(
        TextWriter output, TopView view, WatchSnapshot snapshot, IReadOnlyList<WatchedSegment> rows)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{snapshot.TimeUtc:yyyy-MM-ddTHH:mm:ssZ}  {rows.Count} segments"));
        foreach (string line in view.DrawTable(PlainWidth, rows).Lines())
        {
            output.WriteLine(line);
        }

        foreach (WatchEvent found in snapshot.Events)
        {
            output.WriteLine($"* {found.Name}: {WatchJson.KindText(found.Kind)}: {found.Message}");
        }

        output.WriteLine();
        output.Flush();
    }

    private static void WriteJson(TextWriter output, WatchSnapshot snapshot, IReadOnlyList<WatchedSegment> rows) =>
        JsonOutput.Line(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("time", snapshot.TimeUtc);
            json.WriteStartArray("segments");
            foreach (WatchedSegment segment in rows)
            {
                json.WriteStartObject();
                WatchJson.Segment(json, segment);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WatchJson.Events(json, snapshot.Events);
            json.WriteEndObject();
        });

    private Glyphs GlyphsOf(CommandContext context) =>
        context.Get(_ascii) ? new Glyphs(unicode: false) : Glyphs.OfLocale();

    /// <summary>Size and free room of the folder, for the title.</summary>
    internal static string SpaceText()
    {
        try
        {
            var drive = new DriveInfo(SegmentDirectory.Path);
            return $"{SizeText.Format(drive.AvailableFreeSpace)} of {SizeText.Format(drive.TotalSize)} free";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return string.Empty;
        }
    }
}
