using System.Diagnostics;
using System.Globalization;

namespace Plenum.Samples.VoidEnvelopeFollower;

/// <summary>Starts one process that follows the loudness of four voices, and a second one that plots it.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["plot", var segment])
        {
            return Plot.Run(segment);
        }

        double seconds = args is ["--seconds", var text] ? double.Parse(text, CultureInfo.InvariantCulture) : 3;
        string name = string.Create(CultureInfo.InvariantCulture, $"envelope-{Environment.ProcessId}");
        using Process plot = StartPlot(name);
        Follower.Run(name, seconds);
        plot.WaitForExit();
        return plot.ExitCode;
    }

    // The same program again, whether it runs as "dotnet Sample.dll" or as its own executable.
    private static Process StartPlot(string name)
    {
        string program = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Program).Assembly.Location);
        }

        start.ArgumentList.Add("plot");
        start.ArgumentList.Add(name);
        return Process.Start(start) ?? throw new InvalidOperationException("The plot process did not start.");
    }
}
