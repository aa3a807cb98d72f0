using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Reading;

/// <summary>Random and shrinking segments: a code, never an exception, never the end of the process.</summary>
public sealed class HostileSegmentTests
{
    [Fact]
    public void EveryReader_OfMutatedSegments_GivesACode()
    {
        var random = new Random(20260801);
        using var name = new TempSegment("hz");
        byte[] valid = LiveImage(name);
        float[] values = new float[64];
        var codes = new HashSet<VoidValidity>();
        int rounds = Campaign.Count(600, 100_000);
        for (int round = 0; round < rounds; round++)
        {
            byte[] image = [.. valid];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                int at = random.Next(4) == 0 ? random.Next(image.Length) : random.Next(44);
                image[at] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            int size = random.Next(3) == 0 ? random.Next(image.Length + 1) : image.Length;
            RawSegment.Create(name, image.AsSpan(0, size));
            codes.Add(ReadAll(name.Name, values));
        }

        Assert.Contains(VoidValidity.Ok, codes);
        Assert.Contains(VoidValidity.TooSmall, codes);
        Assert.Contains(VoidValidity.BadMagic, codes);
        Assert.Contains(VoidValidity.BadVersion, codes);
        Assert.Contains(VoidValidity.BadHeaderSize, codes);
        Assert.Contains(VoidValidity.Truncated, codes);
    }

    [Fact]
    public void StrictReaderAndInfo_WhileTheFileShrinksAndGrows_GiveCodes()
    {
        using var name = new TempSegment("sh");
        byte[] image = RawSegment.Image(VoidProfiles.Canon, 64, 64, new float[4096]);
        RawSegment.Create(name, image);
        using var stop = new ManualResetEventSlim();
        var shrinker = new Thread(() =>
        {
            var random = new Random(7);
            while (!stop.IsSet)
            {
                RawSegment.Truncate(name, random.Next(image.Length));
                RawSegment.Truncate(name, image.Length);
                RawSegment.Poke(name, 0, image.AsSpan(0, 232));
            }
        });
        shrinker.Start();
        float[] values = new float[4096];
        using var reader = new VoidShmReader(name.Name, new VoidReaderOptions { RetryTime = TimeSpan.Zero });
        var codes = new HashSet<VoidValidity>();
        int rounds = Campaign.Count(800, 200_000);
        for (int round = 0; round < rounds; round++)
        {
            reader.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot);
            codes.Add(snapshot.Code);
            codes.Add(VoidInfo.Read(name.Name).Code);
            codes.Add(VoidProbe.Examine(name.Name).Code);
        }

        stop.Set();
        shrinker.Join();
        Assert.Contains(VoidValidity.Ok, codes);
    }

    [Theory]
    [InlineData("strict", VoidSizeCheck.EachCopy)]
    [InlineData("canon", VoidSizeCheck.EachCopy)]
    [InlineData("strict", VoidSizeCheck.ForeignWriters)]
    public void AttachedReader_AfterTruncation_GivesTruncatedAndRecovers(string profile, VoidSizeCheck check)
    {
        using var name = new TempSegment("at");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 64, 64, new VoidWriterOptions { Profile = VoidProfiles.Find(profile)! });
        writer.Write(new float[4096]);
        using var reader = new VoidAttachedReader(name.Name, new VoidReaderOptions { SizeCheck = check });
        float[] values = new float[4096];
        Assert.True(reader.TryRead(values, out _));
        long size = new FileInfo(name.FilePath).Length;

        RawSegment.Truncate(name, 4096);
        Assert.False(reader.TryRead(values, out VoidSnapshot snapshot));
        Assert.Equal(VoidValidity.Truncated, snapshot.Code);
        Assert.Equal(VoidWaitResult.TimedOut, reader.WaitForNext(TimeSpan.FromMilliseconds(30)));

        RawSegment.Truncate(name, size);
        Assert.True(reader.TryRead(values, out _));
    }

    private static byte[] LiveImage(TempSegment name)
    {
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 5, new VoidWriterOptions { SecondBuffer = VoidSecondBuffer.Always });
        writer.Write([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        return RawSegment.Read(name);
    }

    private static VoidValidity ReadAll(string name, float[] values)
    {
        var options = new VoidReaderOptions { RetryTime = TimeSpan.Zero };
        using var strict = new VoidShmReader(name, options);
        using var attached = new VoidAttachedReader(name, options);
        strict.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot);
        attached.TryRead(values, out VoidSnapshot other);
        Assert.Equal(snapshot.Code, other.Code);
        VoidInfo info = VoidInfo.Read(name);
        _ = info.ToJson();
        _ = VoidProbe.Examine(name);
        _ = new VoidStateMonitor(name).Check();
        return snapshot.Code;
    }
}
