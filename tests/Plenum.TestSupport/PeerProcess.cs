using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Plenum.TestSupport;

/// <summary>A second process of a test: line handshake on its output, lines to its input, always reaped.</summary>
/// <remarks>Never waits by sleeping: every step waits for a line, the end of the process, or fails after the
/// limit.</remarks>
public sealed class PeerProcess : IDisposable
{
    // A full campaign may run at the lowest priority beside other work; the watchdog's limit is the outer one.
    private static readonly TimeSpan s_limit = Campaign.IsFull ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<string> _lines = [];
    private readonly StringBuilder _transcript = new();
    private readonly Process _process;

    private PeerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                _lines.CompleteAdding();
                return;
            }

            Note("out", e.Data);
            _lines.Add(e.Data);
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null)
            {
                Note("err", e.Data);
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process' number.</summary>
    public int Id => _process.Id;

    /// <summary>True when the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything the process has printed so far, for failure messages.</summary>
    public string Transcript
    {
        get
        {
            lock (_transcript)
            {
                return _transcript.ToString();
            }
        }
    }

    /// <summary>Starts a verb of Plenum.TestPeer.</summary>
    public static PeerProcess StartPeer(params string[] arguments) =>
        StartDotnet(Repository.AssemblyOf("Plenum.TestPeer"), arguments);

    /// <summary>Starts the plenum command.</summary>
    public static PeerProcess StartPlenum(params string[] arguments) =>
        StartDotnet(Repository.AssemblyOf("Plenum.Cli", "plenum"), arguments);

    /// <summary>Starts the independent Python implementation (tests/peers/python/peer.py).</summary>
    public static PeerProcess StartPython(params string[] arguments) =>
        Start("python3", ["-u", Repository.PathOf("tests", "peers", "python", "peer.py"), .. arguments]);

    /// <summary>Starts Python 3 source text; <c>sys.argv[1:]</c> are the arguments.</summary>
    public static PeerProcess StartPythonCode(string code, params string[] arguments) =>
        Start("python3", ["-u", "-c", code, .. arguments]);

    /// <summary>Starts a built assembly with the dotnet host.</summary>
    public static PeerProcess StartDotnet(string assembly, params string[] arguments) =>
        Start(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? host : "dotnet",
            ["exec", assembly, .. arguments]);

    /// <summary>Starts any program.</summary>
    public static PeerProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program);
        start.Environment["NO_COLOR"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        LeaveNoDiagnosticFiles(start);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new PeerProcess(start);
    }

    /// <summary>The runtime makes pipes for debuggers in the folder of temporary files, and a process that is killed
    /// leaves them there.</summary>
    public static void LeaveNoDiagnosticFiles(ProcessStartInfo start) =>
        start.Environment["DOTNET_EnableDiagnostics"] = "0";

    /// <summary>The next line of output.</summary>
    /// <exception cref="InvalidOperationException">The process ended or printed nothing within the limit.</exception>
    public string ReadLine()
    {
        try
        {
            if (_lines.TryTake(out string? line, s_limit))
            {
                return line;
            }
        }
        catch (InvalidOperationException)
        {
            // Completed while waiting: reported below.
        }

        throw Failure("printed no further line");
    }

    /// <summary>Reads lines until one starts with <paramref name="start"/>; returns that line.</summary>
    public string ExpectLine(string start)
    {
        while (true)
        {
            string line;
            try
            {
                line = ReadLine();
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidOperationException($"While waiting for a line '{start}…': {e.Message}", e);
            }

            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    /// <summary>Writes a line to the process' input.</summary>
    public void WriteLine(string line)
    {
        Note("in ", line);
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Closes the process' input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end of the process and returns its exit code.</summary>
    public int WaitForExit()
    {
        if (!_process.WaitForExit(s_limit))
        {
            throw Failure("did not end");
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits for the end and fails unless the exit code is the expected one.</summary>
    public void ExpectExit(int code = 0)
    {
        int actual = WaitForExit();
        if (actual != code)
        {
            throw Failure($"ended with exit code {actual} instead of {code}");
        }
    }

    /// <summary>kill -9, by number, and reaps.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    /// <summary>Ends the process if it still runs.</summary>
    public void Dispose()
    {
        try
        {
            Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended between the look and the kill.
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private InvalidOperationException Failure(string what) => new(
        $"Process {_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} {what}. Its "
        + $"output:\n{Transcript}");

    private void Note(string stream, string line)
    {
        lock (_transcript)
        {
            _transcript.Append(stream).Append("| ").AppendLine(line);
        }
    }
}
