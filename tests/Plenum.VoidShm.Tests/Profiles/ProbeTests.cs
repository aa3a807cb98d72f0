using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Profiles;

public sealed class ProbeTests
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (VoidProfile profile in VoidProfiles.Rivals)
            {
                foreach (int capacity in new[] { 16, 32, 64, 128, 256 })
                {
                    data.Add(profile.Name, capacity);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Examine_SegmentWithOwner_FindsExactlyItsRival(string name, int capacity)
    {
        VoidProfile profile = VoidProfiles.Find(name)!.WithStringCapacity(capacity);
        byte[] image = RawSegment.Image(
            profile, 7, 3, new float[21], epoch: 12, frame: 345, new VoidOwner("app", "project", "node"));

        VoidProbeReport report = VoidProbe.Examine(image, image.Length);

        Assert.NotNull(report.Match);
        Assert.Equal(name, report.Match.Name);
        Assert.Equal(capacity, report.Match.OwnerAppBytes);
        Assert.Equal(7, report.Findings.Count);
        Assert.All(report.Findings, f => Assert.NotEmpty(f.Reasons));
    }

    [Theory]
    [InlineData("b")]
    [InlineData("c")]
    [InlineData("d")]
    [InlineData("e")]
    [InlineData("f")]
    public void Examine_SegmentWithoutOwner_IsStillUnambiguous(string name)
    {
        byte[] image = RawSegment.Image(VoidProfiles.Find(name)!, 7, 3, new float[21], epoch: 12, frame: 345);

        Assert.Equal(name, VoidProbe.Examine(image, image.Length).Match?.Name);
    }

    [Theory]
    [InlineData("canon")]
    [InlineData("g")]
    public void Examine_AAndGWithoutOwner_ReportsBoth(string name)
    {
        byte[] image = RawSegment.Image(VoidProfiles.Find(name)!, 7, 3, new float[21], epoch: 12, frame: 345);

        VoidProbeReport report = VoidProbe.Examine(image, image.Length);

        Assert.True(report.IsAmbiguous);
        Assert.Equal(["canon", "g"], report.Fitting.Select(f => f.Profile.Name));
    }

    [Fact]
    public void Examine_AnotherMagic_FitsAndSaysSo()
    {
        byte[] image = RawSegment.Image(VoidProfiles.B with { Magic = 0x11223344 }, 7, 3, new float[21]);

        VoidProbeFinding finding = Assert.Single(VoidProbe.Examine(image, image.Length).Fitting);

        Assert.False(finding.MagicMatches);
        Assert.Equal(0x11223344u, finding.Profile.Magic);
        Assert.Contains(finding.Reasons, r => r.Contains("0x11223344", StringComparison.Ordinal));
    }

    [Fact]
    public void Examine_LiveSegments_FindTheirProfiles()
    {
        foreach (VoidProfile profile in VoidProfiles.Rivals)
        {
            using var name = new TempSegment("p");
            using VoidShmWriter writer = VoidShmWriter.Connect(
                name.Name, 3, 2, new VoidWriterOptions { Profile = profile, Owner = new VoidOwner("a", "b", "c") });
            writer.Write([1, 2, 3, 4, 5, 6]);

            VoidProbeReport report = VoidProbe.Examine(name.Name);

            Assert.Equal(profile.Name, report.Match?.Name);
        }
    }

    [Fact]
    public void Examine_NoSegmentOrSomethingElse_FitsNothing()
    {
        using var name = new TempSegment("p");
        Assert.Equal(VoidValidity.Missing, VoidProbe.Examine(name.Name).Code);
        RawSegment.Create(name, "something else entirely"u8, 4096);

        VoidProbeReport report = VoidProbe.Examine(name.Name);

        Assert.Equal(VoidValidity.Ok, report.Code);
        Assert.Empty(report.Fitting);
        Assert.Null(report.Match);
    }
}
