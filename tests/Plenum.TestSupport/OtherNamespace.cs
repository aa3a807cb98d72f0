using System.ComponentModel;

namespace Plenum.TestSupport;

/// <summary>Scripts whose processes have numbers of their own.</summary>
/// <remarks>
/// They see a shared-memory folder of their own: a process with other numbers that sees the machine's would make every
/// check of a dead process, in every test that runs at the same time, answer "unknown".
/// </remarks>
public static class OtherNamespace
{
    private static readonly Lazy<bool> s_isPermitted = new(Try);

    /// <summary>Gives a script a shared-memory folder that is clearly older than what comes next.</summary>
    public const string OwnFolder = "mount -t tmpfs -o size=80m,mode=1777 tmpfs /dev/shm && sleep 0.1 && ";

    /// <summary>Plenum.TestPeer, for a script.</summary>
    public static string Peer => $"dotnet exec '{Repository.AssemblyOf("Plenum.TestPeer")}'";

    /// <summary>Starts a script in a shared-memory folder of its own.</summary>
    public static PeerProcess Start(string script) =>
        PeerProcess.Start("unshare", ["--mount", "sh", "-c", $"{OwnFolder} {{ {script}\n}}"]);

    /// <summary>Whether this system and this user may make namespaces.</summary>
    public static bool IsPermitted => s_isPermitted.Value;

    private static bool Try()
    {
        try
        {
            using PeerProcess process = PeerProcess.Start("unshare", ["--mount", "--pid", "--fork", "true"]);
            return process.WaitForExit() == 0;
        }
        catch (Win32Exception)
        {
            // No such program.
            return false;
        }
    }
}
