using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Profiles;

public sealed class CalibrationTests
{
    private static readonly VoidOwner s_owner = new("thatApp", "thatProject", "thatNode");
    private static readonly float[] s_values = [.. Enumerable.Range(0, 21).Select(i => 1000.5f + (i * i))];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (VoidProfile profile in VoidProfiles.Rivals)
            {
                data.Add(profile.Name, false);
                data.Add(profile.Name, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Solve_UnknownWriterOfEachRival_FindsEveryOffset(string name, bool big)
    {
        VoidProfile truth = VoidProfiles.Find(name)!.WithStringCapacity(48) with
        {
            Magic = 0xCAFEBABE,
            Endian = big ? VoidEndian.Big : VoidEndian.Little,
        };

        VoidCalibrationReport report = Calibrate(truth, s_owner);

        Assert.NotNull(report.Profile);
        Assert.Equal(truth.Layout.HeaderBytes, report.Profile.Layout.HeaderBytes);
        Assert.Equal(Places(truth), Places(report.Profile));
        Assert.Equal(0xCAFEBABE, report.Profile.Magic);
        Assert.Empty(report.Open);
        Assert.Equal(big ? null : name, report.Equivalent);
    }

    [Fact]
    public void Solve_LayoutOfNoRival_IsFoundToo()
    {
        VoidProfile truth = VoidProfiles.Canon with
        {
            Name = "truth",
            Trailer = false,
            HeaderBytes = 512,
            OwnerAppBytes = 100,
            OwnerProjectBytes = 60,
            OwnerNodeBytes = 60,
            Offsets = new VoidFieldOffsets { HeaderSize = 12, Channels = 20, Epoch = 48, Frame = 56, OwnerApp = 80 },
        };

        VoidCalibrationReport report = Calibrate(truth, s_owner);

        Assert.NotNull(report.Profile);
        Assert.Null(report.Equivalent);
        VoidField[] fields =
        [
            VoidField.HeaderSize, VoidField.Channels, VoidField.Length, VoidField.Epoch, VoidField.Frame,
            VoidField.OwnerApp, VoidField.OwnerNode,
        ];
        foreach (VoidField field in fields)
        {
            Assert.Equal(truth.Layout[field].Offset, report.Profile.Layout[field].Offset);
        }
    }

    [Fact]
    public void Solve_WithoutOwnerAndReconnection_SaysWhatIsOpen()
    {
        VoidCalibrationReport report = Calibrate(VoidProfiles.Canon, VoidOwner.None, reconnect: false);

        Assert.NotNull(report.Profile);
        Assert.Equal("canon", report.Equivalent);
        Assert.Equal(2, report.Open.Count);
    }

    [Fact]
    public void Solve_WithoutTheValues_FindsNothingAndSaysWhy()
    {
        var calibrator = new VoidCalibrator(7, 3, s_values);
        calibrator.AddImage(new byte[4096]);

        VoidCalibrationReport report = calibrator.Solve();

        Assert.Null(report.Profile);
        Assert.Contains("values", Assert.Single(report.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_LiveWriter_GivesAProfileThatReadsIt()
    {
        using var name = new TempSegment("c");
        VoidProfile secret = VoidProfiles.D.WithStringCapacity(32) with { Magic = 0x0BADF00D, Trailer = false };
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 7, 3, new VoidWriterOptions { Profile = secret, Owner = s_owner });
        var calibrator = new VoidCalibrator(7, 3, s_values, s_owner);
        for (int i = 0; i < 4; i++)
        {
            writer.Write(s_values);
            Assert.Equal(VoidValidity.Ok, calibrator.Capture(name.Name));
        }

        writer.Disconnect();
        Assert.Equal(VoidValidity.Missing, calibrator.Capture(name.Name));
        writer.Connect();
        calibrator.Reconnected();
        writer.Write(s_values);
        Assert.Equal(VoidValidity.Ok, calibrator.Capture(name.Name));
        VoidCalibrationReport report = calibrator.Solve("found");
        VoidProfile found = VoidProfileFile.Parse(VoidProfileFile.ToJson(report.Profile!));

        using var reader = new VoidShmReader(name.Name, new VoidReaderOptions { Profile = found });
        float[] values = new float[21];
        Assert.True(reader.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot));
        Assert.Equal(s_values, values);
        Assert.Equal((7, 3, writer.Epoch, 1ul), (snapshot.Channels, snapshot.Length, snapshot.Epoch, snapshot.Frame));
        Assert.Equal(s_owner, VoidInfo.Read(name.Name, found).Owner);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 3)]
    [InlineData(7, 2)]
    public void Constructor_IndistinctShape_IsRefused(int channels, int length) =>
        Assert.Throws<ArgumentException>(
            () => new VoidCalibrator(channels, length, s_values.AsSpan(0, channels * length)));

    private static VoidCalibrationReport Calibrate(VoidProfile truth, VoidOwner owner, bool reconnect = true)
    {
        var calibrator = new VoidCalibrator(7, 3, s_values, owner == VoidOwner.None ? null : owner);
        for (ulong frame = 5; frame < 9; frame++)
        {
            calibrator.AddImage(RawSegment.Image(truth, 7, 3, s_values, 1000, frame, owner), (long)frame);
        }

        if (reconnect)
        {
            calibrator.Reconnected();
            calibrator.AddImage(RawSegment.Image(truth, 7, 3, s_values, 1001, 1, owner));
        }

        return calibrator.Solve();
    }

    private static IEnumerable<(VoidField, int, int)> Places(VoidProfile profile) =>
        profile.Layout.Fields.Select(f => (f.Field, f.Offset, f.SizeBytes));
}
