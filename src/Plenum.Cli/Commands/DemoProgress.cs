using System.Globalization;
using Plenum.Cli.Measurement;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Spectre.Console;

namespace Plenum.Cli.Commands;

/// <summary>The live line of the demo on stderr; nothing when stderr is not a terminal.</summary>
internal static class DemoProgress
{
    /// <summary>Runs work that reports what it is doing.</summary>
    internal static T Run<T>(bool wanted, Func<Action<string>, T> work) =>
        wanted && Terminal.CanDrawProgress ? RunLive(work) : work(_ => { });

    internal static string Frames(string protocol, int sizeBytes, long frames, double seconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{protocol}: {frames} frames of {SizeText.Format(sizeBytes)}, "
        + $"{MeasurementOutput.Rate(frames / Math.Max(seconds, 1e-9))}/s, "
        + $"{frames * (double)sizeBytes / Math.Max(seconds, 1e-9) / 1e9:0.0} GB/s, every byte compared");

    // In a method of its own: the drawing library is loaded only where it is needed.
    private static T RunLive<T>(Func<Action<string>, T> work)
    {
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        T result = default!;
        console.Status().Start("starting a second process", status =>
            result = work(text => status.Status(Markup.Escape(text))));
        return result;
    }
}
