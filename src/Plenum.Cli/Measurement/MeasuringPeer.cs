using System.Diagnostics;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;

namespace Plenum.Cli.Measurement;

/// <summary>The second process of a measurement: this same command, driven by lines.</summary>
/// <remarks>It ends by itself when its input ends, so it never outlives its parent.</remarks>
internal sealed class MeasuringPeer : IDisposable
{
    /// <summary>The first word of what it says instead of an answer: <c>failed CODE MESSAGE</c>.</summary>
    internal const string Failed = "failed";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly CancellationToken _cancellation;

    private MeasuringPeer(Process process, CancellationToken cancellation)
    {
        _process = process;
        _cancellation = cancellation;
    }

    internal int ProcessId => _process.Id;

    /// <summary>Starts it, pinned to a processor when one is given.</summary>
    internal static MeasuringPeer Start(int? processor, CancellationToken cancellation)
    {
        string[] args = processor is { } number
            ? ["peer", "--processor", number.ToString(CultureInfo.InvariantCulture)]
            : ["peer"];
        ProcessStartInfo info = SelfStart.CreateStartInfo(args);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;

        Process process = Process.Start(info)
            ?? throw new CommandException(ExitCode.SystemRefused, $"the second process did not start: {info.FileName}");
        var peer = new MeasuringPeer(process, cancellation);
        peer.Expect("ready");
        return peer;
    }

    /// <summary>Tells it to do something; it answers with <c>ready</c> lines and a <c>done</c> line.</summary>
    internal void Send(FormattableString line)
    {
        _process.StandardInput.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for a line that starts with a word and returns the rest of it.</summary>
    internal string Expect(string word)
    {
        Task<string?> read = _process.StandardOutput.ReadLineAsync(_cancellation).AsTask();
        string? line;
        try
        {
            line = read.Wait(s_patience, _cancellation) ? read.Result : "no answer in time";
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
            throw new OperationCanceledException(_cancellation);
        }

        return line is not null && line.StartsWith(word, StringComparison.Ordinal)
            ? line[word.Length..].Trim()
            : throw Unexpected(word, line);
    }

    private static CommandException Unexpected(string word, string? line)
    {
        string[] parts = line?.Split(' ', 3) ?? [];
        return parts.Length == 3 && parts[0] == Failed
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            ? new CommandException(code, parts[2])
            : new CommandException(
                ExitCode.PeerDied,
                $"the second process, expected to say '{word}', {(line is null ? "ended" : $"said '{line}'")}");
    }

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It ended before.
        }

        _process.Dispose();
    }
}
