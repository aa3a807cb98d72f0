namespace Plenum.Cli.Output.Drawing;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
internal sealed record PlotSeries(string Name)
{
    internal List<double> X { get; } = [];

    internal List<double> Y { get; } = [];

    internal void Add(double x, double y)
    {
        X.Add(x);
        Y.Add(y);
    }

    internal void Clear()
    {
        X.Clear();
        Y.Clear();
    }
}
