using Plenum.Cli.Output.Drawing;

namespace Plenum.Cli.Commands.Live;

/// <summary>Where the lines of a plot come from.</summary>
internal interface IPlotSource : IDisposable
{
    public string Title { get; }

    /// <summary>What stands behind the numbers of the x axis.</summary>
    public string Unit { get; }

    public IReadOnlyList<PlotSeries> Series { get; }

    /// <summary>Looks once, so many seconds after the start.</summary>
    public void Poll(double seconds);
}
