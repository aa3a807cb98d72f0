using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.VoidShm;

namespace Plenum.Inspection.Tests;

/// <summary>Broken bytes end in a description, never in an exception or a hang.</summary>
public sealed class FuzzedImageTests
{
    private const int Rounds = 40;

    public static TheoryData<string, string> Images
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string protocol in new[] { "zerobuffer", "zeroipc" })
            {
                foreach (string file in GoldenImage.FilesOf(protocol))
                {
                    data.Add(protocol, file);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Describe_FlippedBits_IsDescribed(string protocol, string file)
    {
        byte[] original = GoldenImage.Read(protocol, file);
        var random = new Random(file.Length * 7919);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = [.. original];
            for (int flips = random.Next(1, 12); flips > 0; flips--)
            {
                // Mostly where headers are.
                int limit = random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 4096);
                bytes[random.Next(limit)] ^= (byte)(1 << random.Next(8));
            }

            DescribeAsEverything(bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Describe_TruncatedImage_IsDescribed(string protocol, string file)
    {
        byte[] original = GoldenImage.Read(protocol, file);
        var random = new Random(file.Length);
        foreach (int length in new[] { 0, 1, 15, 16, 31, 32, 127, 128, 129, original.Length - 1,
            random.Next(original.Length) })
        {
            DescribeAsEverything(original[..Math.Min(length, original.Length)]);
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Describe_BoundaryValues_AreDescribed(string protocol, string file)
    {
        byte[] original = GoldenImage.Read(protocol, file);
        for (int offset = 0; offset < Math.Min(128, original.Length - 8); offset += 8)
        {
            foreach (byte value in new byte[] { 0x00, 0x7F, 0xFF })
            {
                byte[] bytes = [.. original];
                bytes.AsSpan(offset, 8).Fill(value);
                DescribeAsEverything(bytes);
            }
        }
    }

    [Fact]
    public void Describe_VoidOfEveryProfile_FlippedAndTruncated_IsDescribed()
    {
        var random = new Random(17);
        foreach (VoidProfile profile in VoidProfiles.Rivals)
        {
            VoidLayout layout = profile.Layout;
            byte[] original = new byte[layout.HeaderBytes + (4 * 6) + 512];
            var header = new VoidHeader(profile.Magic, profile.Version, (ulong)layout.HeaderBytes, 2, 3, 7, 9);
            layout.Encode(original, header, new VoidOwner("app", "project", "node"));
            for (int round = 0; round < Rounds; round++)
            {
                byte[] bytes = [.. original];
                for (int flips = random.Next(1, 12); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                DescribeAsEverything(bytes);
                DescribeAsEverything(bytes[..random.Next(bytes.Length)]);
            }
        }
    }

    [Fact]
    public void Describe_RandomFileInTheFolder_IsForeign()
    {
        using var name = new TempSegment("noise");
        byte[] noise = new byte[5000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(name.FilePath, noise);

        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name.Name), out SegmentImage? image));
        using (image)
        {
            SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());

            Assert.Equal(SegmentState.Foreign, description.Summary.State);
            Assert.NotEmpty(description.Findings);
        }
    }

    [Fact]
    public void Read_SegmentThatShrinksMeanwhile_IsAShortRead()
    {
        using var name = new TempSegment("shrink");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zeroipc", "cpp_all.bin"));
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name.Name), out SegmentImage? image));
        using (image)
        {
            using (FileStream file = new(name.FilePath, FileMode.Open, FileAccess.Write))
            {
                file.SetLength(100);
            }

            Assert.Equal(100, image.ReadBytes(0, 4096).Length);
            Assert.Equal(SegmentState.Invalid, SegmentInspector.Describe(image, new SegmentUsers()).Summary.State);
        }
    }

    private static void DescribeAsEverything(byte[] bytes)
    {
        using var image = SegmentImage.FromBytes("fuzzed", bytes);
        var users = new SegmentUsers();
        foreach (SegmentProtocol protocol in Enum.GetValues<SegmentProtocol>())
        {
            SegmentDescription description = SegmentInspector.Describe(image, users, protocol);
            Assert.NotNull(description.Summary);
            if (description.Summary.State == SegmentState.Invalid)
            {
                Assert.NotNull(description.Summary.Reason);
            }
        }
    }
}
