using System.Globalization;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.CrossProcess;

/// <summary>The independent reader and writer in Python (tests/peers/python), both directions.</summary>
[Collection("processes")]
public sealed class PythonPeerTests
{
    public static TheoryData<string> ProfileNames => new(["canon", "b", "c", "d", "e", "f", "g"]);

    [Theory]
    [MemberData(nameof(ProfileNames))]
    public void OurWriter_PythonReader_EveryProfile(string profileName)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("pr");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 3, 2,
            new VoidWriterOptions { Profile = profile, Owner = new VoidOwner("app", "pröject", "node") });
        writer.Write([1, 2, 3, 4, 5, 6.5f]);

        using PeerProcess python = PeerProcess.StartPython(
            "voidshm", "read", "--name", name.Name, "--profile", Python(profileName));
        using JsonDocument document = Event(python, "snapshot");
        python.ExpectExit();

        JsonElement header = document.RootElement.GetProperty("header");
        Assert.Equal([1, 2, 3, 4, 5, 6.5], Values(document));
        Assert.Equal(profile.Layout.HeaderBytes, header.GetProperty("header_size").GetInt32());
        Assert.Equal((3, 2, 1), (Int(header, "channels"), Int(header, "length"), Int(header, "frame")));
        Assert.Equal("pröject", header.GetProperty("owner_project").GetString());
        if (profileName != "e")
        {
            // The peer reads a 32-bit epoch in rival E, where the spec leaves the width open.
            Assert.Equal(writer.Epoch, header.GetProperty("epoch").GetUInt64());
        }
    }

    [Theory]
    [MemberData(nameof(ProfileNames))]
    public void PythonWriter_OurReaders_EveryProfile(string profileName)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("pw");
        using PeerProcess python = PeerProcess.StartPython(
            "voidshm", "write", "--name", name.Name, "--profile", Python(profileName), "--channels", "3", "--length",
            "2", "--steps",
            "--owner-app", "papp", "--epoch", "77");
        python.ExpectLine("ready");
        var options = new VoidReaderOptions { Profile = profile };
        using var strict = new VoidShmReader(name.Name, options);
        using var attached = new VoidAttachedReader(name.Name, options);
        float[] values = new float[6];

        Step(python, "write 1 2 3 4 5 6");
        Step(python, "set 1 30 40");
        Assert.True(strict.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot));
        Assert.Equal([1, 2, 30, 40, 5, 6], values);
        Assert.Equal((3, 2, 77ul, 2ul, VoidVerification.Unverifiable), (
            snapshot.Channels, snapshot.Length, snapshot.Epoch, snapshot.Frame, snapshot.Verification));
        Assert.True(attached.TryRead(values, out snapshot));
        Assert.Equal(2ul, snapshot.Frame);
        Assert.Equal("papp", VoidInfo.Read(name.Name, profile).Owner.App);
        Assert.Contains(VoidProbe.Examine(name.Name).Fitting, f => f.Profile.Name == profileName);

        Step(python, "channels 5");
        Assert.True(attached.TryRead(values, out snapshot));
        Assert.Equal((5, 78ul, 0ul), (snapshot.Channels, snapshot.Epoch, snapshot.Frame));
        Step(python, "disconnect");
        Assert.False(attached.TryRead(values, out snapshot));
        Assert.Equal(VoidValidity.Missing, snapshot.Code);
    }

    [Fact]
    public void PythonWriter_WaitForNext_SeesEveryFrame()
    {
        using var name = new TempSegment("pf");
        using PeerProcess python = PeerProcess.StartPython("voidshm", "write", "--name", name.Name, "--steps");
        python.ExpectLine("ready");
        using var reader = new VoidAttachedReader(name.Name);
        float[] values = new float[1];
        reader.TryRead(values, out _);
        for (int i = 1; i <= 10; i++)
        {
            Step(python, $"fill {i}");
            Assert.Equal(VoidWaitResult.NewFrame, reader.WaitForNext(TimeSpan.FromSeconds(30)));
            Assert.True(reader.TryRead(values, out VoidSnapshot snapshot));
            Assert.Equal(((ulong)i, (float)i), (snapshot.Frame, values[0]));
        }
    }

    [Fact]
    public void KilledPythonWriter_IsTakenOverAndTheOtherWayRound()
    {
        using var name = new TempSegment("pk");
        using (PeerProcess python = PeerProcess.StartPython("voidshm", "write", "--name", name.Name, "--steps"))
        {
            python.ExpectLine("ready");
            Step(python, "fill 1");
            python.Kill();
        }

        ulong stale = VoidInfo.Read(name.Name).Epoch;
        using (VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { TakeoverObservation = TimeSpan.FromMilliseconds(50) }))
        {
            Assert.Equal(stale + 1, writer.Epoch);
        }

        ulong ours;
        using (PeerProcess killed = PeerProcess.StartPeer("void-hold", "--segment", name.Name))
        {
            ours = ulong.Parse(killed.ExpectLine("connected").Split(' ')[1], CultureInfo.InvariantCulture);
            Assert.True(ours > stale);
            killed.Kill();
        }

        using PeerProcess next = PeerProcess.StartPython("voidshm", "write", "--name", name.Name, "--steps");
        next.ExpectLine("ready");
        Assert.Equal(ours + 1, VoidInfo.Read(name.Name).Epoch);
    }

    [Fact]
    public void PythonProbe_OfOurSegment_NamesTheProfile()
    {
        using var name = new TempSegment("pp");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 3, 2,
            new VoidWriterOptions { Profile = VoidProfiles.B, Owner = new VoidOwner("app", "p", "n") });

        using PeerProcess python = PeerProcess.StartPython("voidshm", "probe", "--name", name.Name);
        using JsonDocument document = Event(python, "fits");

        Assert.Equal(
            ["B"], document.RootElement.GetProperty("profiles").EnumerateArray().Select(
                p => p.GetProperty("profile").GetString()));
    }

    private static string Python(string profile) => profile == "canon" ? profile : profile.ToUpperInvariant();

    private static void Step(PeerProcess python, string line)
    {
        python.WriteLine(line);
        using JsonDocument state = Event(python, "state");
    }

    private static JsonDocument Event(PeerProcess python, string name)
    {
        JsonDocument document = JsonDocument.Parse(python.ExpectLine("{"));
        Assert.Equal(name, document.RootElement.GetProperty("event").GetString());
        return document;
    }

    private static double[] Values(JsonDocument document) =>
        [.. document.RootElement.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())];

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
