using System.Text;

namespace Plenum.Recording.Tests;

/// <summary>Small recordings in memory.</summary>
internal static class TestRecording
{
    internal static RecordingDescription Description { get; } = new()
    {
        Kind = RecordingKind.Frames,
        Segment = "camera",
        StartedUtc = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Properties = new Dictionary<string, string> { ["protocol"] = "zerobuffer" },
    };

    /// <summary>A finished recording with the texts as items at 0 ms, 10 ms, 20 ms…, a block each.</summary>
    internal static byte[] Of(params string[] texts)
    {
        var stream = new MemoryStream();
        using (var writer = new RecordingWriter(
            stream, "test", Description, new RecordingWriterOptions { BlockBytes = 32 }))
        {
            for (int i = 0; i < texts.Length; i++)
            {
                Assert.True(writer.Add(
                    RecordedItemKind.Data, i * 10_000_000L, (ulong)i + 1, [], Encoding.UTF8.GetBytes(texts[i])));
            }

            writer.Complete();
        }

        return stream.ToArray();
    }

    /// <summary>All items of a recording as texts, and how it ends.</summary>
    internal static (string[] Texts, RecordingEnding Ending) Read(byte[] bytes)
    {
        using var reader = new RecordingReader(new MemoryStream(bytes), "test");
        return (Texts(reader), reader.Ending);
    }

    internal static string[] Texts(RecordingReader reader)
    {
        var texts = new List<string>();
        while (reader.TryRead(out RecordedItem item))
        {
            texts.Add(Encoding.UTF8.GetString(item.Data));
        }

        return [.. texts];
    }
}
