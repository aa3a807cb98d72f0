using Plenum.Platform;

namespace Plenum.VoidShm.Tests.Profiles;

public sealed class ProfileFileTests
{
    public static TheoryData<string> Names => new(VoidProfiles.All.Select(p => p.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void ToJson_ThenParse_IsTheSameProfile(string name)
    {
        VoidProfile profile = VoidProfiles.Find(name)!;

        Assert.Equal(profile, VoidProfileFile.Parse(VoidProfileFile.ToJson(profile)));
    }

    [Fact]
    public void Parse_EveryKey_IsTaken()
    {
        VoidProfile p = VoidProfileFile.Parse(
            """
            {
              // comments are allowed
              "name": "x", "description": "d", "magic": "0x01020304", "version": 3, "endian": "big", "pack": 4,
              "width.version": "u16", "width.header_size": "u16", "width.channels": "i32", "width.length": "u64",
              "width.epoch": "u32", "width.frame": "u32", "str.app": 16, "str.project": 32, "str.node": 48,
              "str.encoding": "latin-1", "offset.owner_node": 200, "header.size": 256, "name.prefix": "void_",
              "name.max": 255,
              "mode": "0666", "epoch.seed": "time", "frame.on_epoch": "keep", "invalidate": "epoch", "size.check": "==",
              "set.index": "flat", "alive.first": 1, "trailer": false,
            }
            """);

        Assert.Equal(
            new VoidProfile
            {
                Name = "x",
                Description = "d",
                Magic = 0x01020304,
                Version = 3,
                Endian = VoidEndian.Big,
                Pack = 4,
                VersionWidth = VoidFieldWidth.U16,
                HeaderSizeWidth = VoidFieldWidth.U16,
                ChannelsWidth = VoidFieldWidth.I32,
                LengthWidth = VoidFieldWidth.U64,
                EpochWidth = VoidFieldWidth.U32,
                FrameWidth = VoidFieldWidth.U32,
                OwnerAppBytes = 16,
                OwnerProjectBytes = 32,
                OwnerNodeBytes = 48,
                TextEncoding = VoidTextEncoding.Latin1,
                Offsets = new VoidFieldOffsets { OwnerNode = 200 },
                HeaderBytes = 256,
                NamePrefix = "void_",
                NameMaxBytes = 255,
                Permission = SegmentPermission.Everyone,
                EpochSeed = VoidEpochSeed.Time,
                FrameOnEpoch = VoidFrameOnEpoch.Keep,
                Invalidation = VoidInvalidation.EpochPlusOne,
                SizeRule = VoidSizeRule.Exact,
                SetIndex = VoidSetIndex.Flat,
                AliveFirst = true,
                Trailer = false,
            },
            p);
    }

    [Theory]
    [InlineData("{ \"magick\": 1 }", "magick")]
    [InlineData("{ \"endian\": \"middle\" }", "endian")]
    [InlineData("{ \"magic\": \"VOID\" }", "magic")]
    [InlineData("{ \"pack\": 3 }", "pack")]
    [InlineData("{ \"mode\": \"0777\" }", "mode")]
    [InlineData("{ \"str.app\": 0 }", "owner_app")]
    [InlineData("{ \"width.frame\": \"u16\" }", "frame")]
    [InlineData("{ \"alive.first\": 2 }", "alive.first")]
    [InlineData("[]", "JSON")]
    [InlineData("nothing", "JSON")]
    public void Parse_Wrong_SaysWhichKey(string json, string word) =>
        Assert.Contains(
            word, Assert.Throws<FormatException>(() => VoidProfileFile.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_NameOrFile_FindsIt()
    {
        string path = Path.Combine(Path.GetTempPath(), $"plenum-profile-{Guid.NewGuid():N}.json");
        try
        {
            VoidProfileFile.Save(VoidProfiles.B with { Name = "mine" }, path);

            Assert.Equal("mine", VoidProfileFile.Resolve(path).Name);
            Assert.Same(VoidProfiles.Canon, VoidProfileFile.Resolve("A"));
            Assert.Same(VoidProfiles.G, VoidProfileFile.Resolve("g"));
            Assert.Throws<FileNotFoundException>(() => VoidProfileFile.Resolve("nowhere"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
