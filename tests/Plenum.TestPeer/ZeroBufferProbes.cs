using System.Globalization;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerEvent;

namespace Plenum.TestPeer;

/// <summary>Steps that look at a buffer from outside, change it as no correct peer would, or use what surrounds the
/// frames.</summary>
internal static class ZeroBufferProbes
{
    private static ZeroBufferStorm? s_storm;

    public static void Step(ZeroBufferBench bench, string verb, string[] words)
    {
        switch (verb)
        {
            case "poke":
                Poke(words);
                break;
            case "post":
                Post(words[0], int.Parse(words[1], CultureInfo.InvariantCulture));
                break;
            case "storm":
                s_storm = new ZeroBufferStorm(words[0], Long(words[1]), Long(words[2]), (int)Long(words[3]));
                Say("storming");
                break;
            case "calm":
                Say("calm", ("stores", s_storm!.Calm()));
                break;
            case "hoard":
                Hoard(words[0], (int)Long(words[1]));
                break;
            case "write-json":
                bench.RequireWriter().Metadata.WriteJson(
                    new ZeroBufferPicture((int)Long(words[0]), (int)Long(words[1]), words[2], 29.97),
                    ZeroBufferPictureJson.Default.ZeroBufferPicture);
                Say("metadata");
                break;
            case "read-json":
                ZeroBufferPicture? found =
                    bench.RequireReader().Metadata.ReadJson(ZeroBufferPictureJson.Default.ZeroBufferPicture);
                Say("metadata", ("width", found?.Width), ("height", found?.Height), ("format", found?.Format));
                break;
            case "health":
                Say("health", ("changes", bench.HealthLog.Text()));
                break;
            case "metrics":
                ZeroBufferMeasurements.Report(words[0]);
                break;
            case "structures":
                Structures(bench.RequireWriter(), Long(words[0]));
                break;
            default:
                throw new ArgumentException($"no command {verb}");
        }
    }

    private static long Long(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    // poke NAME OFFSET VALUE [OFFSET VALUE]...
    private static void Poke(string[] words)
    {
        using SharedSegment segment = SharedSegment.Open(SegmentName.Parse(words[0]));
        for (int i = 1; i + 1 < words.Length; i += 2)
        {
            // Frame headers may start at odd addresses, where no cell can be.
            Span<byte> field = segment.Span(Long(words[i]), sizeof(ulong));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(
                field, ulong.Parse(words[i + 1], CultureInfo.InvariantCulture));
        }

        Say("poked");
    }

    private static void Post(string semaphore, int count)
    {
        using NamedSemaphore opened = NamedSemaphore.Open(semaphore);
        Say("posted", ("ok", opened.TryPost(count)));
    }

    // Creates buffers until the system refuses one, and removes them again.
    private static void Hoard(string prefix, int limit)
    {
        var readers = new List<ZeroBufferReader>();
        SharedMemoryException? refusal = null;
        try
        {
            while (readers.Count < limit && refusal is null)
            {
                string name = prefix + "-" + readers.Count.ToString(CultureInfo.InvariantCulture);
                readers.Add(ZeroBufferReader.Create(name, new()
                {
                    PayloadSizeBytes = 1024,
                    SweepStaleBuffers = false
                }));
            }
        }
        catch (SharedMemoryException e)
        {
            refusal = e;
        }

        foreach (ZeroBufferReader reader in readers)
        {
            reader.Dispose();
        }

        Say(
            "hoard",
            ("count", readers.Count),
            ("refusal", refusal?.GetType().Name),
            ("operation", refusal?.Operation),
            ("message", refusal?.Message));
    }

    // Every word of a frame is the same number, which grows: a word of an earlier frame would be seen.
    private static void Structures(ZeroBufferWriter writer, long count)
    {
        const int words = 32;
        byte[] data = new byte[words * sizeof(long)];
        for (long number = 1; number <= count; number++)
        {
            for (int i = 0; i < words; i++)
            {
                BitConverter.TryWriteBytes(data.AsSpan(i * sizeof(long)), number);
            }

            writer.Write(data);
        }

        Say("structures", ("count", count), ("checksum", FramePattern.Text(FramePattern.Checksum(data))));
    }
}
