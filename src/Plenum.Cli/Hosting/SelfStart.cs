using System.Diagnostics;

namespace Plenum.Cli.Hosting;

/// <summary>Starts this same command a second time, however it was started: as the installed tool, as
/// <c>dotnet plenum.dll</c> or through <c>dotnet run</c>.</summary>
internal static class SelfStart
{
    internal static ProcessStartInfo CreateStartInfo(IEnumerable<string> args)
    {
        string own = Path.Combine(AppContext.BaseDirectory, "plenum.dll");
        string process = Environment.ProcessPath ?? "dotnet";
        string program = Path.GetFileNameWithoutExtension(process);
        var info = new ProcessStartInfo { UseShellExecute = false };
        if (string.Equals(program, "plenum", StringComparison.OrdinalIgnoreCase))
        {
            // The application host or a tool's shim: the same program again.
            info.FileName = process;
        }
        else
        {
            info.FileName =
                string.Equals(program, "dotnet", StringComparison.OrdinalIgnoreCase) ? process : DotnetHost();
            info.ArgumentList.Add(own);
        }

        foreach (string arg in args)
        {
            info.ArgumentList.Add(arg);
        }

        return info;
    }

    // Hosted in another program (a test): the host that the SDK names, or the one on the path.
    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
}
