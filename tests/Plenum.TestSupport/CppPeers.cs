namespace Plenum.TestSupport;

/// <summary>The C++ peers, built once per test run.</summary>
public static class CppPeers
{
    private static readonly Lazy<string?> s_folder = new(Build);

    /// <summary>Why they could not be built; null when they could.</summary>
    public static string? Missing => s_folder.Value is null ? "g++ or make is not installed" : null;

    /// <summary>The ZeroBuffer peer.</summary>
    public static string ZeroBuffer => Path.Combine(Folder, "zerobuffer_peer");

    /// <summary>The two ends of a duplex channel.</summary>
    public static string Duplex => Path.Combine(Folder, "duplex_peer");

    private static string Folder => s_folder.Value ?? throw new InvalidOperationException(Missing);

    private static string? Build()
    {
        if (!IsInstalled("make") || !IsInstalled("g++"))
        {
            return null;
        }

        string folder = Repository.PathOf("artifacts", "peers", "cpp");
        Directory.CreateDirectory(folder);

        // Several test processes of one run build here; the lock file serialises them and make does nothing the second time.
        using FileStream guard = Locked(Path.Combine(folder, "build.lock"));
        using PeerProcess make = PeerProcess.Start(
            "make", ["-s", "-C", Repository.PathOf("tests", "peers", "cpp"), "OUT=" + folder, folder + "/zerobuffer_peer", folder + "/duplex_peer"]);
        make.ExpectExit();
        return folder;
    }

    private static FileStream Locked(string path)
    {
        DateTime limit = DateTime.UtcNow + Watchdog.Limit;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < limit)
            {
                Thread.Yield();
            }
        }
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
