using System.Buffers.Binary;
using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Reading;

/// <summary>Every validity code, through the strict reader, the attached one and info.</summary>
public sealed class ValidityTests
{
    [Fact]
    public void Missing_Segment_IsMissing()
    {
        using var name = new TempSegment("m");

        AssertCode(VoidValidity.Missing, name.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a-name-that-is-longer-than-macOS-can-open")]
    public void BadName_IsBadName(string name) => AssertCode(VoidValidity.BadName, name);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(231)]
    public void ShorterThanAHeader_IsTooSmall(int size)
    {
        using var name = new TempSegment("s");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1]).AsSpan(0, size));

        AssertCode(VoidValidity.TooSmall, name.Name);
    }

    [Theory]
    [InlineData(0, 0u, VoidValidity.BadMagic)]
    [InlineData(0, 0x44494F57u, VoidValidity.BadMagic)]
    [InlineData(4, 1u, VoidValidity.BadVersion)]
    [InlineData(4, 0u, VoidValidity.BadVersion)]
    [InlineData(8, 0u, VoidValidity.BadHeaderSize)]
    [InlineData(8, 233u, VoidValidity.BadHeaderSize)]
    [InlineData(8, uint.MaxValue, VoidValidity.BadHeaderSize)]
    [InlineData(12, 0u, VoidValidity.BadShape)]
    [InlineData(16, 0u, VoidValidity.BadShape)]
    [InlineData(12, uint.MaxValue, VoidValidity.BadShape)]
    [InlineData(16, 0x40000000u, VoidValidity.BadShape)]
    [InlineData(12, 3u, VoidValidity.Truncated)]
    [InlineData(16, 0x01000000u, VoidValidity.Truncated)]
    public void WrongField_IsItsCode(int offset, uint value, VoidValidity code)
    {
        using var name = new TempSegment("w");
        byte[] image = RawSegment.Image(VoidProfiles.Canon, 2, 2, [1, 2, 3, 4]);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(offset), value);
        RawSegment.Create(name, image);

        AssertCode(code, name.Name);
    }

    [Fact]
    public void PayloadShorterThanAnnounced_IsTruncated()
    {
        using var name = new TempSegment("t");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 2, 2, [1, 2, 3, 4]).AsSpan(0, 247));

        AssertCode(VoidValidity.Truncated, name.Name);
    }

    [Fact]
    public void LargerFile_IsValidUnlessTheProfileWantsTheExactSize()
    {
        using var name = new TempSegment("l");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 2, 2, [1, 2, 3, 4]), 4096);
        VoidProfile exact = VoidProfiles.Strict with { SizeRule = VoidSizeRule.Exact };

        Assert.Equal(VoidValidity.Ok, VoidInfo.Read(name.Name).Code);
        Assert.Equal(VoidValidity.Truncated, VoidInfo.Read(name.Name, exact).Code);
    }

    [Fact]
    public void AnyMagic_IsAcceptedExceptZero()
    {
        using var name = new TempSegment("any");
        byte[] image = RawSegment.Image(VoidProfiles.Canon, 1, 1, [1]);
        image[0] = 0x99;
        RawSegment.Create(name, image);
        VoidProfile lenient = VoidProfiles.Canon with { AcceptAnyMagic = true };

        Assert.Equal(VoidValidity.Ok, VoidInfo.Read(name.Name, lenient).Code);
        RawSegment.Poke(name, 0, new byte[4]);
        Assert.Equal(VoidValidity.BadMagic, VoidInfo.Read(name.Name, lenient).Code);
    }

    [Fact]
    public void FolderOrLink_IsACodeAndPipeDoesNotBlock()
    {
        using var folder = new TempSegment("f");
        using var link = new TempSegment("k");
        using var pipe = new TempSegment("p");
        Directory.CreateDirectory(folder.FilePath);
        File.CreateSymbolicLink(link.FilePath, "/etc/hostname");
        using (Process mkfifo = Process.Start("mkfifo", pipe.FilePath))
        {
            mkfifo.WaitForExit();
        }

        try
        {
            Watchdog.Run(() =>
            {
                foreach (string name in new[] { folder.Name, link.Name, pipe.Name })
                {
                    VoidValidity code = VoidInfo.Read(name).Code;
                    Assert.True(
                        code is VoidValidity.BadMagic or VoidValidity.TooSmall or VoidValidity.Denied,
                        $"{name}: {code}");
                    AssertCode(code, name);
                    using var writer = new VoidShmWriter(name, 1, 1);
                    Assert.NotEqual(VoidValidity.Ok, writer.TryConnect());
                }
            });
        }
        finally
        {
            Directory.Delete(folder.FilePath);
        }
    }

    [Fact]
    public void NoPermission_IsDenied()
    {
        if (Environment.UserName == "root" || OperatingSystem.IsWindows())
        {
            Assert.Skip("root may open everything, and Windows has no mode bits");
        }

        using var name = new TempSegment("d");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1]));
#pragma warning disable CA1416 // Skipped on Windows above.
        File.SetUnixFileMode(name.FilePath, UnixFileMode.None);
#pragma warning restore CA1416

        AssertCode(VoidValidity.Denied, name.Name);
    }

    [Fact]
    public void UnfinishedFrame_OfAStalledWriter_IsChangedNotTorn()
    {
        using var name = new TempSegment("u");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 2);
        writer.Write([1, 1]);
        Assert.True(writer.TryBeginFrame(out VoidFrameLease lease));
        lease.Values[0] = 9;

        AssertCode(VoidValidity.Changed, name.Name, infoIsOk: true);
        lease.Dispose();
        AssertCode(VoidValidity.Ok, name.Name);
    }

    [Fact]
    public void UnfinishedFrame_WithAFilledSecondBuffer_GivesTheFrameBefore()
    {
        using var name = new TempSegment("u");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 2, new VoidWriterOptions { SecondBuffer = VoidSecondBuffer.Always });
        writer.Write([5, 6]);
        Assert.True(writer.TryBeginFrame(out VoidFrameLease lease));
        lease.Values[0] = 9;
        float[] values = new float[2];
        using var strict = new VoidShmReader(name.Name);
        using var attached = new VoidAttachedReader(name.Name);

        foreach (Func<(bool, VoidSnapshot)> read in new Func<(bool, VoidSnapshot)>[]
        {
            () => (strict.TrySnapshot(values.AsSpan(), out VoidSnapshot s), s),
            () => (attached.TryRead(values, out VoidSnapshot s), s),
        })
        {
            values.AsSpan().Clear();
            (bool good, VoidSnapshot snapshot) = read();
            Assert.True(good);
            Assert.Equal([5, 6], values);
            Assert.True(snapshot.FromSecondBuffer);
            Assert.Equal(VoidVerification.Verified, snapshot.Verification);
            Assert.Equal(1ul, snapshot.Frame);
        }

        lease.Dispose();
    }

    private static void AssertCode(VoidValidity code, string name, bool infoIsOk = false)
    {
        float[] values = new float[16];
        using var strict = new VoidShmReader(name);
        using var attached = new VoidAttachedReader(name);

        Assert.Equal(code == VoidValidity.Ok, strict.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot));
        Assert.Equal(code, snapshot.Code);
        Assert.Equal(code == VoidValidity.Ok, attached.TryRead(values, out snapshot));
        Assert.Equal(code, snapshot.Code);
        Assert.Equal(infoIsOk ? VoidValidity.Ok : code, VoidInfo.Read(name).Code);
    }
}
