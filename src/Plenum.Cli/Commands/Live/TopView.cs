using System.Globalization;
using Plenum.Cli.Output;
using Plenum.Cli.Output.Drawing;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;

namespace Plenum.Cli.Commands.Live;

/// <summary>Draws what <c>plenum top</c> shows, into memory.</summary>
internal sealed class TopView(Glyphs glyphs)
{
    private const int ProtocolWidth = 10;
    private const int MotionWidth = 8;
    private const int RateWidth = 7;
    private const int BytesWidth = 11;
    private const int WideWidth = 110;
    private const int VeryWideWidth = 150;
    private const int SizeWidth = 9;
    private const int PeerWidth = 18;

    /// <summary>Title, table, what the selected segment does, the last events, and the keys.</summary>
    internal ScreenBuffer Draw(int width, int height, WatchSnapshot snapshot, TopModel model, string space)
    {
        var buffer = new ScreenBuffer(width, height);
        IReadOnlyList<WatchedSegment> rows = model.Rows;
        DrawTitle(buffer, snapshot, space, model.IsPaused);
        DrawHeadings(buffer, 1);
        int eventRows = height >= 20 ? Math.Min(3, model.Events.Count) : 0;
        int tableRows = Math.Max(1, height - 5 - eventRows);
        model.ScrollTo(tableRows);
        for (int i = 0; i < tableRows && model.First + i < rows.Count; i++)
        {
            DrawRow(buffer, 2 + i, rows[model.First + i], model.First + i == model.SelectedIndex);
        }

        if (rows.Count == 0)
        {
            buffer.Write(2, 3, "no segments on this machine");
        }

        int bottom = height - 3 - eventRows;
        if (model.Selected is { } selected)
        {
            DrawSelected(buffer, bottom, selected);
        }

        for (int i = 0; i < eventRows; i++)
        {
            WatchEvent found = model.Events[model.Events.Count - eventRows + i];
            buffer.Write(0, bottom + 2 + i, glyphs.Fit(string.Create(
                CultureInfo.InvariantCulture,
                $"{found.TimeUtc:HH:mm:ss} {found.Name}: {WatchJson.KindText(found.Kind)}: {found.Message}"), width),
                Ink.Faint);
        }

        string keys = $"q quit  up/down select  Enter show  s sort ({model.SortName})  space pause";
        buffer.Write(0, height - 1, glyphs.Fit(keys, width), Ink.Faint);
        return buffer;
    }

    /// <summary>The table alone, all rows: for a pipe or a file.</summary>
    internal ScreenBuffer DrawTable(int width, IReadOnlyList<WatchedSegment> rows)
    {
        var buffer = new ScreenBuffer(width, rows.Count + 1);
        DrawHeadings(buffer, 0);
        for (int i = 0; i < rows.Count; i++)
        {
            DrawRow(buffer, 1 + i, rows[i], isSelected: false);
        }

        return buffer;
    }

    /// <summary>The text of <c>show</c>, a page of it.</summary>
    internal ScreenBuffer DrawText(int width, int height, IReadOnlyList<string> lines, int first)
    {
        var buffer = new ScreenBuffer(width, height);
        for (int i = 0; i < height - 1 && first + i < lines.Count; i++)
        {
            buffer.Write(0, i, glyphs.Fit(lines[first + i], width), i == 0 && first == 0 ? Ink.Bold : Ink.Plain);
        }

        buffer.Write(0, height - 1, glyphs.Fit("Esc or Enter back  up/down scroll  q quit", width), Ink.Faint);
        return buffer;
    }

    private static void DrawTitle(ScreenBuffer buffer, WatchSnapshot snapshot, string space, bool isPaused)
    {
        int moving = snapshot.Segments.Count(segment => segment.Motion == WatchMotion.Moving);
        int stalled = snapshot.Segments.Count(segment => segment.Motion == WatchMotion.Stalled);
        string paused = isPaused ? "  PAUSED" : string.Empty;
        string title = string.Create(
            CultureInfo.InvariantCulture,
            $"plenum top {snapshot.TimeUtc:HH:mm:ss}  {snapshot.Segments.Count} segments, {moving} moving, "
            + $"{stalled} stalled{paused}");
        buffer.Write(0, 0, title, Ink.Bold);
        if (title.Length + 2 + space.Length <= buffer.Width)
        {
            buffer.WriteRight(buffer.Width, 0, space);
        }
    }

    private static Columns Place(int width)
    {
        bool wide = width >= WideWidth;
        int name = Math.Clamp(width - 62, 8, wide ? 28 : 18);
        int at = 1 + name + 1 + ProtocolWidth + 1 + MotionWidth + 1 + RateWidth;
        int outEnd = wide ? at += 1 + RateWidth : -1;
        int depthEnd = wide ? at += 1 + RateWidth : -1;
        int bytesEnd = at += 1 + BytesWidth;
        int bar = at + 1;
        int barWidth = wide ? 12 : 7;
        int shareEnd = bar + barWidth + 5;
        bool veryWide = width >= VeryWideWidth;
        int writer = veryWide ? shareEnd + SizeWidth + 2 : -1;
        int reader = veryWide ? writer + PeerWidth + 1 : -1;
        int spark = veryWide ? reader + PeerWidth + 1 : shareEnd + 1;
        return new Columns(name, outEnd, depthEnd, bytesEnd, bar, barWidth, shareEnd, writer, reader, spark);
    }

    private static void DrawHeadings(ScreenBuffer buffer, int y)
    {
        Columns at = Place(buffer.Width);
        int protocol = 2 + at.Name;
        int motion = protocol + ProtocolWidth + 1;
        buffer.Write(1, y, "NAME", Ink.Faint);
        buffer.Write(protocol, y, "PROTOCOL", Ink.Faint);
        buffer.Write(motion, y, "MOTION", Ink.Faint);
        buffer.WriteRight(motion + MotionWidth + 1 + RateWidth, y, "IN/S", Ink.Faint);
        if (at.OutEnd > 0)
        {
            buffer.WriteRight(at.OutEnd, y, "OUT/S", Ink.Faint);
            buffer.WriteRight(at.DepthEnd, y, "DEPTH", Ink.Faint);
        }

        buffer.WriteRight(at.BytesEnd, y, "BYTES/S", Ink.Faint);
        buffer.Write(at.Bar, y, "USED", Ink.Faint);
        if (at.Writer > 0)
        {
            buffer.WriteRight(at.Writer - 1, y, "SIZE", Ink.Faint);
            buffer.Write(at.Writer, y, "WRITER", Ink.Faint);
            buffer.Write(at.Reader, y, "READER", Ink.Faint);
        }

        buffer.Write(at.Spark, y, "TREND", Ink.Faint);
    }

    private void DrawRow(ScreenBuffer buffer, int y, WatchedSegment segment, bool isSelected)
    {
        Columns at = Place(buffer.Width);
        SegmentSummary summary = segment.Summary;
        int protocol = 2 + at.Name;
        int motion = protocol + ProtocolWidth + 1;
        string state = StateText(segment);
        buffer.Write(0, y, isSelected ? ">" : " ");
        buffer.Write(1, y, glyphs.Fit(summary.Name, at.Name));
        buffer.Write(protocol, y, ProtocolText.Of(summary.Protocol));
        buffer.Write(motion, y, state, InkOf(state));
        buffer.WriteRight(motion + MotionWidth + 1 + RateWidth, y, RateText.Of(segment.ProducedPerSecond));
        if (at.OutEnd > 0)
        {
            buffer.WriteRight(at.OutEnd, y, RateText.Of(segment.ConsumedPerSecond));
            buffer.WriteRight(at.DepthEnd, y, RateText.OfCount(segment.Depth));
        }

        buffer.WriteRight(at.BytesEnd, y, RateText.OfBytes(segment.BytesPerSecond));
        if (segment.Utilization is { } used)
        {
            buffer.Write(at.Bar, y, glyphs.Bar(used, at.BarWidth), used > 0.95 ? Ink.Red : used > 0.8
                ? Ink.Yellow : Ink.Green);
            buffer.WriteRight(at.ShareEnd, y, RateText.OfShare(used));
        }

        if (at.Writer > 0)
        {
            buffer.WriteRight(at.Writer - 1, y, SizeText.Format(summary.SizeBytes));
            buffer.Write(at.Writer, y, glyphs.Fit(FieldText.Of(summary.Writer), PeerWidth));
            buffer.Write(at.Reader, y, glyphs.Fit(FieldText.Of(summary.Reader), PeerWidth));
        }

        buffer.Write(at.Spark, y, glyphs.Spark(segment.History, Math.Max(0, buffer.Width - at.Spark)), Ink.Cyan);
        if (isSelected)
        {
            buffer.Paint(y, Ink.Reverse);
        }
    }

    private void DrawSelected(ScreenBuffer buffer, int y, WatchedSegment segment)
    {
        SegmentSummary summary = segment.Summary;
        string since = segment.SinceChange is { } time ? $", moved {DurationText.Format(time)} ago" : string.Empty;
        buffer.Write(0, y, glyphs.Fit(
            $"{summary.Name}: {SizeText.Format(summary.SizeBytes)}, writer {FieldText.Of(summary.Writer)}, "
            + $"reader {FieldText.Of(summary.Reader)}{since}", buffer.Width), Ink.Bold);
        buffer.Write(0, y + 1, glyphs.Fit(segment.Explanation ?? summary.Reason ?? string.Empty, buffer.Width));
    }

    private static string StateText(WatchedSegment segment) => segment.Summary.State switch
    {
        SegmentState.Invalid => "invalid",
        SegmentState.Stale => "stale",
        SegmentState.Foreign => "foreign",
        _ => WatchJson.MotionText(segment.Motion),
    };

    private static Ink InkOf(string state) => state switch
    {
        "moving" => Ink.Green,
        "stalled" or "stale" => Ink.Yellow,
        "invalid" => Ink.Red,
        _ => Ink.Plain,
    };

    private readonly record struct Columns(
        int Name,
        int OutEnd,
        int DepthEnd,
        int BytesEnd,
        int Bar,
        int BarWidth,
        int ShareEnd,
        int Writer,
        int Reader,
        int Spark);
}
