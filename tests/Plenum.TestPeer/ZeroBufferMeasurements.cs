using System.Diagnostics.Metrics;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerEvent;

namespace Plenum.TestPeer;

/// <summary>What a listener to the meter of the library hears about one buffer in this process.</summary>
internal static class ZeroBufferMeasurements
{
    public static void Report(string name)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Plenum.ZeroBuffer")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        Say("metrics", [.. values.Select(entry => (entry.Key, (object?)entry.Value))]);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string? buffer = null;
            string? role = null;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                buffer = tag.Key == "buffer" ? tag.Value as string : buffer;
                role = tag.Key == "role" ? tag.Value as string : role;
            }

            if (buffer == name)
            {
                values[role + " " + instrument.Name["plenum.zerobuffer.".Length..]] = value;
            }
        }
    }
}
