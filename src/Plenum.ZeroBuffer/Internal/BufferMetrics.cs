using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The endpoints of this process as instruments of the meter <c>Plenum.ZeroBuffer</c>.</summary>
/// <remarks>Observed only when a listener asks; an operation on a frame costs nothing for it. An endpoint that is
/// never disposed is forgotten when it is collected.</remarks>
internal static class BufferMetrics
{
    internal const string MeterName = "Plenum.ZeroBuffer";

    private static readonly ConcurrentDictionary<WeakReference<object>, byte> s_endpoints = new();
    // Keeps its instruments alive; nobody else needs to hold them.
    private static readonly Meter s_meter = CreateMeter();

    internal static void Add(object endpoint)
    {
        s_endpoints.TryAdd(new WeakReference<object>(endpoint), 0);
        GC.KeepAlive(s_meter);
    }

    internal static void Remove(object endpoint)
    {
        foreach (WeakReference<object> entry in s_endpoints.Keys)
        {
            if (!entry.TryGetTarget(out object? target) || ReferenceEquals(target, endpoint))
            {
                s_endpoints.TryRemove(entry, out _);
            }
        }
    }

    private static Meter CreateMeter()
    {
        var meter = new Meter(MeterName);
        meter.CreateObservableCounter(
            "plenum.zerobuffer.frames", () => Observe(s => s.Statistics.Frames), "{frame}", "Frames read or written.");
        meter.CreateObservableCounter(
            "plenum.zerobuffer.bytes",
            () => Observe(s => s.Statistics.Bytes), "By", "Data read or written, without "
            + "headers.");
        meter.CreateObservableCounter(
            "plenum.zerobuffer.waits",
            () => Observe(s => s.Statistics.Waits), "{wait}", "Operations that had to "
            + "wait.");
        meter.CreateObservableCounter(
            "plenum.zerobuffer.wraps",
            () => Observe(s => s.Statistics.Wraps), "{wrap}", "Returns to the start of the "
            + "ring.");
        meter.CreateObservableGauge(
            "plenum.zerobuffer.utilisation", () => Observe(s => s.Utilisation), "1", "Part of the ring in use.");
        return meter;
    }

    private static List<Measurement<T>> Observe<T>(Func<Sample, T> value)
        where T : struct
    {
        var result = new List<Measurement<T>>();
        foreach (WeakReference<object> entry in s_endpoints.Keys)
        {
            if (!entry.TryGetTarget(out object? target))
            {
                continue;
            }

            (Sample sample, string name, string role) = target switch
            {
                ZeroBufferReader reader => (new Sample(reader.Statistics, reader.Utilisation), reader.Name, "reader"),
                ZeroBufferWriter writer => (new Sample(writer.Statistics, writer.Utilisation), writer.Name, "writer"),
                _ => throw new InvalidOperationException($"{target.GetType()} is no endpoint."),
            };
            result.Add(new Measurement<T>(
                value(sample),
                new KeyValuePair<string, object?>("buffer", name),
                new KeyValuePair<string, object?>("role", role)));
        }

        return result;
    }

    private readonly record struct Sample(BufferStatistics Statistics, double Utilisation);
}
