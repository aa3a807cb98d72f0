using System.ComponentModel;
using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>Runs scripts in namespaces of their own: what they mount or break is theirs alone and ends with
/// them.</summary>
internal static class Unshared
{
    /// <summary>Switches for a user who may mount, whoever runs the test.</summary>
    internal const string Mounts = "--user --map-root-user --mount";

    /// <summary>The built command, for a script.</summary>
    internal static string Command => $"dotnet exec '{Repository.AssemblyOf("Plenum.Cli", "plenum")}'";

    /// <summary>Runs a script to its end; skips the test where the system does not allow it.</summary>
    internal static CommandRun Run(string namespaces, string script)
    {
        Assert.SkipUnless(Finish(namespaces, "true").ExitCode == 0, "this system does not let us unshare namespaces");
        return Finish(namespaces, script);
    }

    private static CommandRun Finish(string namespaces, string script)
    {
        var info = new ProcessStartInfo("unshare", [.. namespaces.Split(' '), "sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        PeerProcess.LeaveNoDiagnosticFiles(info);
        try
        {
            using Process process = Process.Start(info)!;
            return CommandRun.Finish(process);
        }
        catch (Win32Exception)
        {
            return new CommandRun(-1, [], "no unshare");
        }
    }
}
