using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Commands.Void;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Output.Drawing;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Platform;

namespace Plenum.Cli.Commands.Live;

/// <summary><c>plenum plot</c>: numbers as lines in the terminal.</summary>
internal sealed class PlotCommand : PlenumCommand
{
    internal const string Summary = "Draw a VOID segment's channels, or a numeric structure, as lines in the terminal.";

    private const int DefaultWidth = 80;
    private const int DefaultHeight = 22;

    private readonly Argument<string> _segment;
    private readonly Argument<string?> _entry;
    private readonly Option<TimeSpan> _seconds;
    private readonly Option<double> _rate;
    private readonly Option<string> _mode;
    private readonly Option<string?> _type;
    private readonly Option<int> _width;
    private readonly Option<int> _height;
    private readonly Option<string?> _profile;
    private readonly Option<bool> _ascii;
    private readonly Option<bool> _json;

    internal PlotCommand()
        : base("plot", Summary)
    {
        _segment = Declare(Symbols.Name("SEGMENT", "A segment's name, or protocol:NAME."));
        _entry = Declare(Symbols.OptionalName("ENTRY", "The name of one structure of a ZeroIPC segment."));
        _seconds = Declare(Symbols.Duration(
            "--seconds", "How long to follow; 0 draws what is there now.", TimeSpan.FromSeconds(5), "5"));
        _rate = Declare(Symbols.Rate("--rate", "Looks in a second.", 30, "30"));
        _mode = Declare(Symbols.Choice(
            "--mode", "VOID: elements now (wave), or first elements over time; auto by the length.",
            "auto", "auto", "time", "wave"));
        _type = Declare(Symbols.Text("--type", "Type of a structure's elements: i8 to u64, f32, f64; else guessed."));
        _width = Declare(Symbols.Number("--width", "Columns; 0 for those of the terminal, or 80.", 0, 0, 1000));
        _height = Declare(Symbols.Number("--height", "Rows; 0 for those of the terminal, or 22.", 0, 0, 400));
        _profile = Declare(VoidArguments.Profile());
        _ascii = Declare(Symbols.Flag("--ascii", "Draw with ASCII characters only."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum plot levels", "plenum plot levels --mode time --seconds 10",
            "plenum plot sensors temperature --type f64", "plenum plot sensors spectrum --seconds 0 --ascii",
        ];
        Remarks = """
            In a terminal the picture moves while it follows, and stays at the end. Elsewhere, and with NO_COLOR or
            TERM=dumb, the last picture is printed; with --json its points. Braille dots where the locale is UTF-8. The
            x axis is the element (wave, array), the number of the value (ring, stream, queue), or the time. Nothing is
            consumed. Exit code 5 when no value came.
            """;
    }

    internal override int Run(CommandContext context)
    {
        using IPlotSource source = Open(context);
        bool isLive = !context.Get(_json) && !Console.IsOutputRedirected && !Terminal.IsPlain
            && context.Output is StreamWriter;
        Follow(context, source, isLive);
        context.Cancellation.ThrowIfCancellationRequested();
        if (source.Series.All(series => series.Y.Count == 0))
        {
            throw CommandException.TimedOut(
                $"no value of '{context.Get(_segment)}' came within {DurationText.Format(context.Get(_seconds))}");
        }

        if (context.Get(_json))
        {
            JsonOutput.Document(context.Output, json => WriteJson(json, source));
        }
        else if (!isLive)
        {
            foreach (string line in Draw(context, source).Lines())
            {
                context.Output.WriteLine(line);
            }
        }

        return ExitCode.Success;
    }

    private IPlotSource Open(CommandContext context)
    {
        SegmentSelector selector = SegmentSelector.Parse(context.Get(_segment));
        SegmentProtocol protocol = selector.Protocol;
        if (protocol == SegmentProtocol.Unknown)
        {
            using SegmentImage image = selector.Open();
            protocol = SegmentInspector.Identify(image, out _);
        }

        string? entry = context.Get(_entry);
        return (protocol, entry) switch
        {
            (SegmentProtocol.ZeroIpc, { } name) => new EntryPlotSource(selector, name, context.Get(_type)),
            (SegmentProtocol.ZeroIpc, null) => throw CommandException.Usage(
                $"'{selector.Text}' holds structures; say which: 'plenum zeroipc entries {selector.Text}' lists them"),
            (SegmentProtocol.Void, null) => new VoidPlotSource(
                VoidArguments.Name(selector.Text), VoidArguments.Resolve(context, _profile), context.Get(_mode) switch
                {
                    "time" => false,
                    "wave" => true,
                    _ => null,
                }),
            (SegmentProtocol.Void, _) => throw CommandException.Usage("a VOID segment has no entries; leave ENTRY out"),
            _ => throw CommandException.Malformed(
                $"'{selector.Text}' has no numbers to draw: it is neither a VOID nor a ZeroIPC segment"),
        };
    }

    private void Follow(CommandContext context, IPlotSource source, bool isLive)
    {
        long start = MonotonicClock.Nanoseconds;
        double length = context.Get(_seconds).TotalSeconds;
        var period = TimeSpan.FromSeconds(Math.Max(0.002, 1 / context.Get(_rate)));
        int shown = 0;
        double drawn = double.NegativeInfinity;
        double now;
        do
        {
            now = (MonotonicClock.Nanoseconds - start) / 1e9;
            source.Poll(now);
            if (isLive && (now - drawn >= 0.1 || now >= length))
            {
                shown = Present(context, source, shown);
                drawn = now;
            }
        }
        while (now < length && context.Delay(period));
    }

    // Over the picture before, where the terminal shows it.
    private int Present(CommandContext context, IPlotSource source, int shown)
    {
        ScreenBuffer buffer = Draw(context, source);
        string up = shown > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{shown}A") : string.Empty;
        context.Output.Write(up);
        for (int y = 0; y < buffer.Height; y++)
        {
            // A row is as wide as the picture. Erasing to the end of the line would take a full row's last column.
            context.Output.Write(buffer.Ansi(y, colour: true));
            context.Output.Write('\n');
        }

        context.Output.Flush();
        return buffer.Height;
    }

    private ScreenBuffer Draw(CommandContext context, IPlotSource source)
    {
        bool isTerminal = !Console.IsOutputRedirected && context.Output is StreamWriter;
        (int columns, int rows) = isTerminal ? TerminalScreen.Size : (DefaultWidth, DefaultHeight + 1);
        int width = context.Get(_width) is > 0 and var wanted ? wanted : columns;
        int height = context.Get(_height) is > 0 and var tall ? tall : Math.Max(6, rows - 1);
        bool unicode = !context.Get(_ascii) && Glyphs.OfLocale().IsUnicode;
        return new LinePlot(width, height, unicode).Draw(source.Title, source.Series, source.Unit);
    }

    private static void WriteJson(Utf8JsonWriter json, IPlotSource source)
    {
        json.WriteStartObject();
        json.WriteString("title", source.Title);
        json.WriteStartArray("series");
        foreach (PlotSeries series in source.Series)
        {
            json.WriteStartObject();
            json.WriteString("name", series.Name);
            WriteNumbers(json, "x", series.X);
            WriteNumbers(json, "y", series.Y);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, List<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            if (double.IsFinite(number))
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
