using Plenum.Platform;

namespace Plenum.Cli.Measurement;

/// <summary>Two pinned processes and the ruler between them.</summary>
internal sealed class MeasuringSession : IDisposable
{
    private MeasuringSession(
        MeasuringPeer peer, int processors, IReadOnlyList<string> notes, CancellationToken cancellation)
    {
        Peer = peer;
        Processors = processors;
        Ruler = new Ruler(peer);
        Notes = notes;
        Cancellation = cancellation;
    }

    internal MeasuringPeer Peer { get; }

    internal Ruler Ruler { get; }

    /// <summary>How many processors this process may use; counted before its thread was pinned to one.</summary>
    internal int Processors { get; }

    /// <summary>What makes the numbers doubtful.</summary>
    internal IReadOnlyList<string> Notes { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>Starts the second process; pins the calling thread and it to two processors.</summary>
    internal static MeasuringSession Start(CancellationToken cancellation)
    {
        IReadOnlyList<int> processors = ProcessorAffinity.Available();
        var notes = new List<string>();
        if (processors.Count < 2)
        {
            notes.Add("oversubscribed: 1 processor for 2 busy processes; no number here means anything");
        }
        else if (LoadAverage() is { } load && load > processors.Count - 0.5)
        {
            notes.Add(FormattableString.Invariant(
                $"oversubscribed: the load of the last minute was {load:0.0} on {processors.Count} processors"));
        }

        MeasuringPeer peer = MeasuringPeer.Start(processors.Count < 2 ? null : processors[1], cancellation);
        if (processors.Count >= 2 && !ProcessorAffinity.TryPin(processors[0]))
        {
            notes.Add("not pinned: the system does not pin threads");
        }

        return new MeasuringSession(peer, processors.Count, notes, cancellation);
    }

    public void Dispose()
    {
        Ruler.Dispose();
        Peer.Dispose();
    }

    private static double? LoadAverage()
    {
        try
        {
            string text = File.ReadAllText("/proc/loadavg");
            return double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)),
                System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
