using System.Text.Json;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>The two ends of a scenario: one in this process, one in another.</summary>
internal static class ScenarioEnds
{
    /// <summary>A reader in another process that takes steps.</summary>
    public static ZeroBufferPeer Reader(PeerKind kind, string name, long metadata, long payload) =>
        ZeroBufferPeer.Reader(
            kind, name, "--steps", "--metadata-size", ZeroBufferPeer.Word(metadata), "--payload-size",
            ZeroBufferPeer.Word(payload));

    /// <summary>A writer in another process that takes steps.</summary>
    public static ZeroBufferPeer Writer(PeerKind kind, string name) => ZeroBufferPeer.Writer(kind, name, "--steps");

    /// <summary>A reader in this process.</summary>
    public static ZeroBufferReader Create(string name, long metadata, long payload) => ZeroBufferReader.Create(
        name, new() { MetadataSizeBytes = metadata, PayloadSizeBytes = payload });

    /// <summary>The other process reads the next frame, which must be this one with its pattern, and holds
    /// it.</summary>
    public static void PeerReads(ZeroBufferPeer reader, ulong sequence, int sizeBytes)
    {
        JsonElement frame = reader.Send("read", "frame");
        Assert.Equal((long)sequence, ZeroBufferPeer.Number(frame, "sequence"));
        Assert.Equal(sizeBytes, ZeroBufferPeer.Number(frame, "size"));
        Assert.True(ZeroBufferPeer.Flag(frame, "patternOk"), frame.ToString());
    }

    /// <summary>The other process reads the next frame and releases it.</summary>
    public static void PeerReadsAndReleases(ZeroBufferPeer reader, ulong sequence, int sizeBytes)
    {
        PeerReads(reader, sequence, sizeBytes);
        reader.Send("release", "released");
    }

    /// <summary>The other process writes a frame with the pattern of its sequence.</summary>
    public static void PeerWrites(ZeroBufferPeer writer, ulong sequence, int sizeBytes)
    {
        JsonElement written = writer.Send($"write {sizeBytes}", "written");
        Assert.Equal((long)sequence, ZeroBufferPeer.Number(written, "sequence"));
    }

    /// <summary>Waits until a condition of another thread holds; fails after the limit of the watchdog.</summary>
    public static void Until(Func<bool> condition) => Watchdog.Run(() =>
    {
        while (!condition())
        {
            Thread.Yield();
        }
    });
}
