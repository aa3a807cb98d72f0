using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>A buffer whose pages are not reserved, in a folder that is smaller than it.</summary>
internal static class ZeroBufferSparseVerbs
{
    /// <summary>Writes and reads frames until the folder is full: an error of one write, not the end of the
    /// process.</summary>
    [Verb("zerobuffer-sparse")]
    public static int Fill(PeerArguments arguments)
    {
        var options = new ZeroBufferOptions
        {
            PayloadSizeBytes = arguments.Number("payload"),
            Segment = SegmentOptions.Default with { ReservePages = false },
        };
        using ZeroBufferReader reader = ZeroBufferReader.Create(arguments.Text("name"), options);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(arguments.Text("name"), options);
        byte[] data = new byte[arguments.Number("size")];
        int batch = (int)arguments.Number("batch", 1);
        var frames = new ReadOnlyMemory<byte>[batch];
        Array.Fill(frames, data);
        int read = 0;
        try
        {
            while (true)
            {
                int written = batch == 1 && writer.TryWrite(data) ? 1 : writer.WriteBatch(frames);
                for (; written > 0; written--, read++)
                {
                    reader.Read(TimeSpan.FromSeconds(10)).Dispose();
                }
            }
        }
        catch (SharedMemorySpaceException)
        {
            Line($"refused {read}");
        }

        // Nothing of the refused frame was left in the ring, and what is given back can be used.
        File.Delete(arguments.Text("ballast"));
        writer.Write(data);
        using Frame last = reader.Read(TimeSpan.FromSeconds(10));
        Line($"last {last.Sequence} {last.Span.Length}");
        return 0;
    }
}
