using System.Globalization;
using System.Text.Json;

namespace Plenum.TestSupport;

/// <summary>Who plays the other end of a buffer.</summary>
public enum PeerKind
{
    /// <summary>This library, in a process of Plenum.TestPeer.</summary>
    Ours = 0,

    /// <summary>The independent implementation in Python.</summary>
    Python = 1,

    /// <summary>The independent implementation in C++; it knows no step mode.</summary>
    Cpp = 2,
}

/// <summary>The other end of a ZeroBuffer, in a process of its own. All kinds speak the language of
/// tests/peers/python/README.md.</summary>
public sealed class ZeroBufferPeer : IDisposable
{
    private ZeroBufferPeer(PeerKind kind, string name, PeerProcess process)
    {
        Kind = kind;
        Name = name;
        Process = process;
    }

    /// <summary>Who it is.</summary>
    public PeerKind Kind { get; }

    /// <summary>The buffer.</summary>
    public string Name { get; }

    /// <summary>Its process.</summary>
    public PeerProcess Process { get; }

    /// <summary>Starts a reader, which creates the buffer, and waits until it is there.</summary>
    public static ZeroBufferPeer Reader(PeerKind kind, string name, params string[] flags) =>
        Launch(kind, "read", name, flags).Ready();

    /// <summary>Starts a writer and waits until it is connected.</summary>
    public static ZeroBufferPeer Writer(PeerKind kind, string name, params string[] flags) =>
        Launch(kind, "write", name, flags).Ready();

    /// <summary>Starts a peer without waiting for anything.</summary>
    public static ZeroBufferPeer Launch(PeerKind kind, string verb, string name, params string[] flags)
    {
        string[] all = ["--name", name, .. flags];
        return new ZeroBufferPeer(kind, name, kind switch
        {
            PeerKind.Python => PeerProcess.StartPython(["zerobuffer", verb, .. all]),
            PeerKind.Cpp => PeerProcess.Start(CppPeers.ZeroBuffer, [verb, .. all]),
            _ => PeerProcess.StartPeer(["zerobuffer-" + verb, .. all]),
        });
    }

    /// <summary>Starts a process of this library that has neither created nor opened anything yet; it takes every step
    /// command.</summary>
    public static ZeroBufferPeer Workbench(params string[] flags)
    {
        var peer = new ZeroBufferPeer(PeerKind.Ours, string.Empty, PeerProcess.StartPeer(["zerobuffer-steps",
            .. flags]));
        return peer.Ready();
    }

    /// <summary>Waits for the word <c>ready</c>.</summary>
    public ZeroBufferPeer Ready()
    {
        try
        {
            Process.ExpectLine("ready");
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sends a step and returns the answer.</summary>
    public JsonElement Send(string command)
    {
        Process.WriteLine(command);
        return Answer();
    }

    /// <summary>Sends a step and fails unless the answer is the expected event.</summary>
    public JsonElement Send(string command, string expectedEvent)
    {
        JsonElement answer = Send(command);
        return EventOf(answer) == expectedEvent
            ? answer
            : throw new InvalidOperationException($"'{command}' was answered with {answer}, not with "
            + $"'{expectedEvent}'.\n{Process.Transcript}");
    }

    /// <summary>Sends a step that must fail, and returns the code of the error.</summary>
    public string SendError(string command) => Text(Send(command, "error"), "code");

    /// <summary>The next JSON line.</summary>
    public JsonElement Answer() => JsonDocument.Parse(Process.ExpectLine("{")).RootElement;

    /// <summary>The next JSON line of an event.</summary>
    public JsonElement Answer(string expectedEvent)
    {
        while (true)
        {
            JsonElement answer = Answer();
            if (EventOf(answer) == expectedEvent)
            {
                return answer;
            }
        }
    }

    /// <summary>Lets the peer close in good order and waits for its end.</summary>
    public void Close(int exitCode = 0)
    {
        Process.WriteLine("close");
        Process.ExpectExit(exitCode);
    }

    /// <summary>kill -9.</summary>
    public void Kill() => Process.Kill();

    /// <inheritdoc/>
    public void Dispose() => Process.Dispose();

    /// <summary>A number of an answer.</summary>
    public static long Number(JsonElement answer, string key) => answer.GetProperty(key).GetInt64();

    /// <summary>A text of an answer; empty for null.</summary>
    public static string Text(JsonElement answer, string key) => answer.GetProperty(key).ToString();

    /// <summary>A truth value of an answer.</summary>
    public static bool Flag(JsonElement answer, string key) => answer.GetProperty(key).GetBoolean();

    /// <summary>The number as the peers' command lines take it.</summary>
    public static string Word(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string EventOf(JsonElement answer) => Text(answer, "event");
}
