using System.Globalization;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests;

/// <summary>A process whose child runs some Python, is killed on demand, and stays an unreaped zombie.</summary>
internal sealed class ZombieParent : IDisposable
{
    private readonly PeerProcess _parent;

    private ZombieParent(PeerProcess parent, int child)
    {
        _parent = parent;
        ChildId = child;
    }

    internal int ChildId { get; }

    internal static ZombieParent Start(string childCode = "")
    {
        PeerProcess parent = PeerProcess.StartPythonCode(
            """
            import os, sys, signal
            pid = os.fork()
            if pid == 0:
                exec(sys.argv[1])
                print("child", os.getpid(), flush=True)
                while True: signal.pause()
            for line in sys.stdin:
                if line.startswith("kill"):
                    os.kill(pid, signal.SIGKILL)
                    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
                    print("killed", flush=True)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            """,
            childCode);
        string line = parent.ExpectLine("child");
        return new ZombieParent(parent, int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Kills the child and returns once it is a zombie.</summary>
    internal void KillChild()
    {
        _parent.WriteLine("kill");
        _parent.ExpectLine("killed");
    }

    public void Dispose()
    {
        _parent.CloseInput();
        _ = _parent.WaitForExit();
        _parent.Dispose();
    }
}
