using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Output.Drawing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;
using Plenum.Platform;

namespace Plenum.Cli.Commands.Live;

/// <summary>The full-screen loop: samples, keys, pictures.</summary>
internal sealed class TopSession(CommandContext context, SegmentWatch watch, TopModel model, Glyphs glyphs)
{
    private static readonly TimeSpan s_keyWait = TimeSpan.FromMilliseconds(50);

    private readonly TopView _view = new(glyphs);
    private WatchSnapshot _snapshot = new(0, DateTime.UtcNow, TimeSpan.Zero, [], []);
    private List<string>? _page;
    private int _pageFirst;
    private bool _quit;

    internal void Run(TimeSpan interval, long limit, bool colour)
    {
        using var screen = new TerminalScreen(context.Output, colour);
        string space = string.Empty;
        (int Width, int Height) size = default;
        long samples = 0;
        long due = 0;
        while (!_quit && samples <= limit && !context.Cancellation.IsCancellationRequested)
        {
            bool redraw = size != TerminalScreen.Size;
            size = TerminalScreen.Size;
            if (MonotonicClock.Nanoseconds >= due && !model.IsPaused)
            {
                due = MonotonicClock.Nanoseconds + (interval.Ticks * 100);
                _snapshot = watch.Sample();
                samples++;
                model.Update(_snapshot);
                space = TopCommand.SpaceText();
                RefreshPage();
                redraw = true;
            }

            while (TerminalScreen.NextKey() is { } key)
            {
                Press(key, size.Height);
                redraw = true;
            }

            if (redraw && !_quit)
            {
                screen.Present(_page is { } page
                    ? _view.DrawText(size.Width, size.Height, page, _pageFirst)
                    : _view.Draw(size.Width, size.Height, _snapshot, model, space));
            }

            _ = context.Delay(s_keyWait);
        }
    }

    private void Press(ConsoleKeyInfo key, int height)
    {
        if (key.KeyChar is 'q' or 'Q')
        {
            _quit = true;
        }
        else if (_page is not null)
        {
            PressInPage(key, height);
        }
        else
        {
            PressInTable(key, height);
        }
    }

    private void PressInTable(ConsoleKeyInfo key, int height)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Escape }:
                _quit = true;
                break;
            case { Key: ConsoleKey.Enter }:
                _page = [];
                _pageFirst = 0;
                RefreshPage();
                break;
            case { KeyChar: 's' }:
                model.NextOrder();
                break;
            case { KeyChar: ' ' }:
                model.TogglePause();
                break;
            default:
                model.Move(Rows(key, height));
                break;
        }
    }

    private void PressInPage(ConsoleKeyInfo key, int height)
    {
        if (key.Key is ConsoleKey.Escape or ConsoleKey.Enter or ConsoleKey.Backspace)
        {
            _page = null;
            return;
        }

        _pageFirst = Math.Clamp(_pageFirst + Rows(key, height), 0, Math.Max(0, _page!.Count - height + 1));
    }

    private static int Rows(ConsoleKeyInfo key, int height) => key switch
    {
        { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' } => 1,
        { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' } => -1,
        { Key: ConsoleKey.PageDown } => Math.Max(1, height - 6),
        { Key: ConsoleKey.PageUp } => -Math.Max(1, height - 6),
        { Key: ConsoleKey.Home } => -1_000_000,
        { Key: ConsoleKey.End } => 1_000_000,
        _ => 0,
    };

    private void RefreshPage()
    {
        if (_page is null)
        {
            return;
        }

        string? name = model.Selected?.Summary.Name;
        _page = name is null ? ["no segment is selected"] : [.. Show(name)];
    }

    private static string[] Show(string name)
    {
        try
        {
            if (!SegmentName.TryParse(name, out SegmentName? parsed)
                || !SegmentImage.TryOpen(parsed!, out SegmentImage? image))
            {
                return [$"{name} is gone"];
            }

            using (image)
            using (var text = new StringWriter())
            {
                DescriptionText.Write(text, SegmentInspector.Describe(image, new SegmentUsers()));
                return text.ToString().Split('\n');
            }
        }
        catch (SharedMemoryException e)
        {
            return [ErrorReport.LineOf(e)];
        }
    }
}
