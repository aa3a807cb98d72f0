using System.Globalization;
using Plenum.Cli.Commands.Void;
using Plenum.Cli.Output.Drawing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Live;

/// <summary>A VOID segment's channels: their first elements over time, or their elements now.</summary>
internal sealed class VoidPlotSource : IPlotSource
{
    private const int MaxChannels = 16;

    private readonly VoidShmReader _reader;
    private readonly bool? _asWave;
    private List<PlotSeries> _series = [];
    private float[] _values = [];
    private ulong _frame;
    private ulong _epoch;
    private bool _isWave;

    /// <summary>Prepares reading.</summary>
    /// <param name="name">The segment.</param>
    /// <param name="profile">Its layout.</param>
    /// <param name="asWave">Elements now, or first elements over time; null decides by the length.</param>
    internal VoidPlotSource(string name, VoidProfile profile, bool? asWave)
    {
        _asWave = asWave;
        _reader = new VoidShmReader(name, new VoidReaderOptions { Profile = profile });
        if (!_reader.TrySnapshot(ref _values, out VoidSnapshot snapshot))
        {
            throw VoidArguments.Failure(name, snapshot.Code);
        }

        Shape(snapshot);
    }

    public string Title { get; private set; } = string.Empty;

    public string Unit => _isWave ? string.Empty : "s";

    public IReadOnlyList<PlotSeries> Series => _series;

    public void Poll(double seconds)
    {
        if (!_reader.TrySnapshot(ref _values, out VoidSnapshot snapshot)
            || (snapshot.Frame == _frame && snapshot.Epoch == _epoch && _series[0].Y.Count > 0))
        {
            return;
        }

        if (snapshot.Epoch != _epoch)
        {
            Shape(snapshot);
        }

        _frame = snapshot.Frame;
        for (int channel = 0; channel < _series.Count; channel++)
        {
            int start = channel * snapshot.Length;
            if (!_isWave)
            {
                _series[channel].Add(seconds, _values[start]);
                continue;
            }

            _series[channel].Clear();
            for (int i = 0; i < snapshot.Length; i++)
            {
                _series[channel].Add(i, _values[start + i]);
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Shape(in VoidSnapshot snapshot)
    {
        _epoch = snapshot.Epoch;
        _isWave = _asWave ?? snapshot.Length > 1;
        int shown = Math.Min(snapshot.Channels, MaxChannels);
        string more = shown < snapshot.Channels
            ? string.Create(CultureInfo.InvariantCulture, $", the first {shown} shown") : string.Empty;
        Title = string.Create(
            CultureInfo.InvariantCulture,
            $"{_reader.Name}: {snapshot.Channels} {(snapshot.Channels == 1 ? "channel" : "channels")} of "
            + $"{snapshot.Length}{more}");
        _series = [.. Enumerable.Range(0, shown).Select(
            channel => new PlotSeries(string.Create(CultureInfo.InvariantCulture, $"ch{channel}")))];
    }
}
