using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Output.Drawing;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;

namespace Plenum.Cli.Commands.Live;

/// <summary>A numeric array, ring, stream, queue or signal of a ZeroIPC segment; nothing is consumed.</summary>
internal sealed class EntryPlotSource : IPlotSource
{
    private const int MaxPoints = 20_000;

    private readonly SegmentImage _image;
    private readonly EntryFollower _follower;
    private readonly PlotSeries _series;
    private ValueFormat? _format;

    internal EntryPlotSource(SegmentSelector selector, string entryName, string? typeName)
    {
        _series = new PlotSeries(entryName);
        _image = selector.Open();
        SegmentDescription description = SegmentInspector.Describe(_image, new SegmentUsers(), selector.Protocol);
        EntryDescription entry = EntryFollower.Find(description, entryName) ?? throw CommandException.NotFound(
            FormattableString.Invariant(
                $"no entry '{entryName}' in '{_image.Name}', which has {description.Entries.Count} entries"));
        _follower = EntryFollower.Create(_image, description, entry);
        if (!_follower.CanFollow || _follower.Kind == "future")
        {
            throw CommandException.Malformed(
                $"'{entryName}' is a {_follower.Kind}: only the values of arrays, rings, streams, queues and signals "
                + "are drawn");
        }

        _format = typeName is null ? null : ValueFormat.Parse(typeName, _follower.ElementBytes);
        Title = $"{_image.Name} {entryName}: {_follower.Kind}";
    }

    public string Title { get; private set; }

    public string Unit => _follower.Kind == "signal" ? "s" : string.Empty;

    public IReadOnlyList<PlotSeries> Series => [_series];

    public void Poll(double seconds)
    {
        EntryValues values = _follower.Poll();
        if (values.Elements.Count == 0)
        {
            return;
        }

        if (_format is null)
        {
            _format = ValueFormat.Guess(_follower.ElementBytes, values.Elements);
            Title += $" of {_format.Name} (guessed)";
        }

        if (!_format.IsNumeric)
        {
            throw CommandException.Malformed(
                $"elements of {_follower.ElementBytes} bytes are no numbers; --type takes {ValueFormat.Names}");
        }

        if (_follower.Kind == "array")
        {
            _series.Clear();
        }

        for (int i = 0; i < values.Elements.Count && _series.Y.Count < MaxPoints; i++)
        {
            double x = _follower.Kind == "signal" ? seconds : values.Position + (double)i;
            _series.Add(x, _format.Number(values.Elements[i].Span[.._format.SizeBytes]));
        }
    }

    public void Dispose() => _image.Dispose();
}
