using System.Diagnostics;
using System.Globalization;

namespace Plenum.Samples.ImageFilterService;

/// <summary>Starts the filter service as a second process, calls it, and ends it.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["serve", var channel])
        {
            return FilterServer.Run(channel);
        }

        int frames = args is ["--frames", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 30;
        string name = string.Create(CultureInfo.InvariantCulture, $"image-filter-{Environment.ProcessId}");
        using Process service = StartService(name);
        int code = FilterClient.Run(name, frames);
        service.StandardInput.Close();
        service.WaitForExit();
        return code == 0 ? service.ExitCode : code;
    }

    // The same program again, whether it runs as "dotnet Sample.dll" or as its own executable.
    private static Process StartService(string name)
    {
        string program = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Program).Assembly.Location);
        }

        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(name);
        return Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
    }
}
