namespace Plenum.VoidShm.Tests.Layout;

/// <summary>Offsets typed from the spec (3.1, 3.2), not from the code.</summary>
public sealed class VoidLayoutTests
{
    // magic, version, header_size, channels, length, epoch, frame, owner_app, owner_project, owner_node; then header
    // size.
    public static TheoryData<string, int[], int[], int> Tables => new()
    {
        { "canon", [0, 4, 8, 12, 16, 24, 32, 40, 104, 168], [4, 4, 4, 4, 4, 8, 8, 64, 64, 64], 232 },
        { "strict", [0, 4, 8, 12, 16, 24, 32, 40, 104, 168], [4, 4, 4, 4, 4, 8, 8, 64, 64, 64], 232 },
        { "b", [0, 4, 8, 12, 16, 20, 24, 32, 96, 160], [4, 4, 4, 4, 4, 4, 8, 64, 64, 64], 224 },
        { "c", [0, 4, 8, 12, 16, 20, 24, 28, 92, 156], [4, 4, 4, 4, 4, 4, 4, 64, 64, 64], 220 },
        { "d", [0, 4, 8, 12, 16, 20, 28, 36, 100, 164], [4, 4, 4, 4, 4, 8, 8, 64, 64, 64], 228 },
        { "e", [0, 4, 6, 8, 12, 16, 24, 32, 96, 160], [4, 2, 2, 4, 4, 8, 8, 64, 64, 64], 224 },
        { "f", [0, 4, 8, 16, 24, 32, 40, 48, 112, 176], [4, 4, 4, 8, 8, 8, 8, 64, 64, 64], 240 },
        { "g", [0, 4, 8, 12, 16, 24, 32, 36, 100, 164], [4, 4, 4, 4, 4, 8, 4, 64, 64, 64], 232 },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Fields_OfEachProfile_LieAtTheLiteralOffsets(string profile, int[] offsets, int[] sizes, int headerSize)
    {
        VoidLayout layout = VoidProfiles.Find(profile)!.Layout;

        Assert.Equal(offsets, layout.Fields.Select(f => f.Offset));
        Assert.Equal(sizes, layout.Fields.Select(f => f.SizeBytes));
        Assert.Equal(headerSize, layout.HeaderBytes);
        Assert.Equal(
            [
                "magic", "version", "header_size", "channels", "length", "epoch", "frame", "owner_app", "owner_project",
                "owner_node",
            ],
            layout.Fields.Select(f => f.SpecName));
    }

    // header_size for strings of 16, 32, 64, 128, 256 bytes (spec 3.2).
    [Theory]
    [InlineData("canon", 88, 136, 232, 424, 808)]
    [InlineData("b", 80, 128, 224, 416, 800)]
    [InlineData("c", 76, 124, 220, 412, 796)]
    [InlineData("d", 84, 132, 228, 420, 804)]
    [InlineData("e", 80, 128, 224, 416, 800)]
    [InlineData("f", 96, 144, 240, 432, 816)]
    [InlineData("g", 88, 136, 232, 424, 808)]
    public void HeaderBytes_ForEachCapacity_IsTheLiteral(
        string profile, int at16, int at32, int at64, int at128, int at256)
    {
        VoidProfile p = VoidProfiles.Find(profile)!;

        Assert.Equal(
            [at16, at32, at64, at128, at256],
            new[] { 16, 32, 64, 128, 256 }.Select(n => p.WithStringCapacity(n).Layout.HeaderBytes));
    }

    [Fact]
    public void Encode_Canon_GivesTheLiteralBytes()
    {
        byte[] header = new byte[232];

        VoidProfiles.Canon.Layout.Encode(
            header,
            new VoidHeader(0x44494F56, 2, 232, 7, 3, 0x1122334455667788, 0x99AABBCCDDEEFF00),
            new VoidOwner("app", "pröj", "n"));

        Assert.Equal(
            "564F4944" + "02000000" + "E8000000" + "07000000" + "03000000" + "00000000"
            + "8877665544332211" + "00FFEEDDCCBBAA99",
            Convert.ToHexString(header, 0, 40));
        Assert.Equal("6170700000", Convert.ToHexString(header, 40, 5));
        Assert.Equal("7072C3B66A00", Convert.ToHexString(header, 104, 6));
        Assert.Equal("6E00", Convert.ToHexString(header, 168, 2));
    }

    [Fact]
    public void Encode_BigEndian_SwapsEveryNumber()
    {
        VoidProfile big = VoidProfiles.Canon with { Name = "big", Endian = VoidEndian.Big };
        byte[] header = new byte[232];

        big.Layout.Encode(header, new VoidHeader(0x44494F56, 2, 232, 7, 3, 5, 6), VoidOwner.None);

        Assert.Equal(
            "44494F56" + "00000002" + "000000E8" + "00000007" + "00000003" + "00000000"
            + "0000000000000005" + "0000000000000006",
            Convert.ToHexString(header, 0, 40));
        Assert.Equal(new VoidHeader(0x44494F56, 2, 232, 7, 3, 5, 6), big.Layout.Decode(header));
    }

    [Fact]
    public void Encode_LongText_IsCutBetweenCharactersAndTerminated()
    {
        VoidLayout layout = VoidProfiles.Canon.WithStringCapacity(16).Layout;
        byte[] header = new byte[layout.HeaderBytes];

        layout.Encode(header, default, new VoidOwner(new string('x', 14) + "ö", new string('y', 40)));

        VoidOwner owner = layout.DecodeOwner(header);
        Assert.Equal(new string('x', 14), owner.App);
        Assert.Equal(new string('y', 15), owner.Project);
    }

    [Fact]
    public void DecodeOwner_WithoutTerminator_EndsAtTheCapacity()
    {
        VoidLayout layout = VoidProfiles.Canon.Layout;
        byte[] header = new byte[232];
        header.AsSpan(40, 64).Fill((byte)'a');

        Assert.Equal(new string('a', 64), layout.DecodeOwner(header).App);
    }

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(1UL, 0UL)]
    [InlineData(0xFFFFFFFFUL, 0xFFFFFFFFUL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(0x10000UL, 0x10000UL)]
    public void TryPayloadBytes_ImpossibleShape_IsRefused(ulong channels, ulong length) =>
        Assert.False(VoidLayout.TryPayloadBytes(channels, length, out _));

    [Fact]
    public void Layout_OfContradictoryProfiles_IsRefusedWithTheReason()
    {
        Assert.Contains("overlaps", Refused(new VoidFieldOffsets { Epoch = 4 }), StringComparison.Ordinal);
        Assert.Contains("pack", Refused(VoidFieldOffsets.None, p => p with { Pack = 3 }), StringComparison.Ordinal);
        Assert.Contains("owner_app", Refused(VoidFieldOffsets.None, p => p with
        {
            OwnerAppBytes =
            5000
        }), StringComparison.Ordinal);
        Assert.Contains("trailer", Refused(VoidFieldOffsets.None, p => p with
        {
            SizeRule =
            VoidSizeRule.Exact
        }), StringComparison.Ordinal);
        Assert.Contains(
            "header", Refused(VoidFieldOffsets.None, p => p with { HeaderBytes = 100 }), StringComparison.Ordinal);
    }

    private static string Refused(VoidFieldOffsets offsets, Func<VoidProfile, VoidProfile>? change = null)
    {
        VoidProfile profile = VoidProfiles.Canon with { Name = "wrong", Offsets = offsets };
        profile = change is null ? profile : change(profile);
        return Assert.Throws<ArgumentException>(() => profile.Layout).Message;
    }
}
