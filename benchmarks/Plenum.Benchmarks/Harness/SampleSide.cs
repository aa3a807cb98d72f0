using System.Diagnostics;
using System.Globalization;

namespace Plenum.Benchmarks.Harness;

/// <summary>The measuring process: it owns the partner process and tells it by lines what to do.</summary>
internal sealed class SampleSide : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _partner;
    private int _names;

    internal SampleSide(IReadOnlyList<int> processors)
    {
        Processors = processors;
        var info = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(info.FileName) == "dotnet")
        {
            info.ArgumentList.Add(typeof(SampleSide).Assembly.Location);
        }

        info.ArgumentList.Add("partner");
        info.ArgumentList.Add((processors.Count >= 2 ? processors[1] : -1).ToString(CultureInfo.InvariantCulture));
        _partner = Process.Start(info) ?? throw new InvalidOperationException("the partner process did not start");
        Expect("hello");
    }

    /// <summary>The processors the measurement may use: this process stands on the first, the partner on the
    /// second.</summary>
    internal IReadOnlyList<int> Processors { get; }

    /// <summary>The partner's process number.</summary>
    internal int PartnerId => _partner.Id;

    /// <summary>A name that no other run uses.</summary>
    internal string NewName(string word) => string.Create(
        CultureInfo.InvariantCulture, $"plb-{Environment.ProcessId}-{++_names}-{word}");

    /// <summary>Starts the partner's half of a case; returns when it says it is ready.</summary>
    internal void Start(string name, params object[] words)
    {
        Send(name, words);
        Expect("ready");
    }

    /// <summary>Tells the partner to begin; it is ready only when this side has done its own part.</summary>
    internal void Send(string name, params object[] words)
    {
        string rest = string.Join(' ', words.Select(word => Convert.ToString(word, CultureInfo.InvariantCulture)));
        _partner.StandardInput.WriteLine($"{name} {rest}");
        _partner.StandardInput.Flush();
    }

    /// <summary>Waits until the partner is ready, after <see cref="Send"/>.</summary>
    internal void AwaitReady() => Expect("ready");

    /// <summary>Waits for the partner's end of the case.</summary>
    internal PartnerReport Finish()
    {
        string[] words = Expect("done").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new PartnerReport(
            long.Parse(words[0], CultureInfo.InvariantCulture), words[1] == "right",
            long.Parse(words[2], CultureInfo.InvariantCulture),
            double.Parse(words[3], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _partner.StandardInput.Close();
        if (!_partner.WaitForExit(TimeSpan.FromSeconds(2)))
        {
            _partner.Kill();
            _partner.WaitForExit();
        }

        _partner.Dispose();
    }

    private string Expect(string word)
    {
        Task<string?> line = _partner.StandardOutput.ReadLineAsync();
        if (!line.Wait(s_patience))
        {
            throw new TimeoutException($"the partner did not say '{word}' in time");
        }

        return line.Result is { } text && text.StartsWith(word, StringComparison.Ordinal)
            ? text[word.Length..]
            : throw new InvalidOperationException($"the partner, expected to say '{word}', said '{line.Result}'");
    }
}
