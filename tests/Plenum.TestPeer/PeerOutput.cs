namespace Plenum.TestPeer;

/// <summary>The handshake: lines on stdout, flushed; lines from stdin.</summary>
internal static class PeerOutput
{
    public static void Line(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Waits for the test's next line; null at the end of input.</summary>
    public static string? Next() => Console.In.ReadLine();

    /// <summary>Prints the line, then waits for ever: the test kills the process here.</summary>
    public static void WaitToBeKilled(string line)
    {
        Line(line);
        Thread.Sleep(Timeout.Infinite);
    }
}
