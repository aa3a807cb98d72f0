using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Observation;

public sealed class ObservationTests
{
    [Fact]
    public void Info_OfALiveSegment_HasTheElevenKeys()
    {
        using var name = new TempSegment("i");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 5, new VoidWriterOptions { Owner = new VoidOwner("app", "project", "node") });
        writer.Write([1]);

        VoidInfo info = VoidInfo.Read(name.Name);

        Assert.Equal(552, info.Bytes);
        Assert.Equal(232, info.DataOffset);
        Assert.Equal(40, info.DataBytes);
        Assert.True(info.WriterHoldsLock);
        Assert.Equal(Environment.ProcessId, info.WriterProcessId);
        using var json = JsonDocument.Parse(info.ToJson());
        Assert.Equal(
            [
                "name", "channels", "length", "epoch", "frame", "owner_app", "owner_project", "owner_node", "bytes",
                "data_offset", "data_bytes",
            ],
            json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("project", json.RootElement.GetProperty("owner_project").GetString());
        Assert.Equal(writer.Epoch, json.RootElement.GetProperty("epoch").GetUInt64());
    }

    [Fact]
    public void Info_OfAMissingSegment_SaysInvalidAndTheCode()
    {
        using var name = new TempSegment("i");
        using var json = JsonDocument.Parse(VoidInfo.Read(name.Name).ToJson());

        Assert.Equal(["name", "state", "code"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("invalid", json.RootElement.GetProperty("state").GetString());
        Assert.Equal("MISSING", json.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public void Info_LeftByADeadWriter_SaysThatNobodyHoldsTheLock()
    {
        using var name = new TempSegment("i");
        byte[] image;
        using (VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 5))
        {
            image = RawSegment.Read(name);
        }

        RawSegment.Create(name, image);

        Assert.False(VoidInfo.Read(name.Name).WriterHoldsLock);
    }

    [Fact]
    public void Codes_EachHasANameAndAnExplanation()
    {
        Assert.Equal(
            [
                "OK", "MISSING", "DENIED", "TOO_SMALL", "BAD_MAGIC", "BAD_VERSION", "BAD_HEADER_SIZE", "BAD_SHAPE",
                "TRUNCATED",
                "CHANGED", "BAD_NAME", "BUSY",
            ],
            Enum.GetValues<VoidValidity>().Order().Select(VoidCodes.SpecName));
        Assert.All(Enum.GetValues<VoidValidity>(), code => Assert.NotEmpty(VoidCodes.Explain(code)));
        Assert.Equal(11, (int)VoidValidity.Busy);
    }

    [Fact]
    public void Monitor_WholeLife_GivesStatesAndEvents()
    {
        using var name = new TempSegment("s");
        var monitor = new VoidStateMonitor(name.Name) { StallFrames = 3 };
        Assert.Equal(VoidState.Missing, monitor.Check().State);

        using var writer = new VoidShmWriter(name.Name, 1, 1);
        writer.Connect();
        VoidStateReport report = monitor.Check();
        Assert.Equal((VoidState.Idle, VoidStateEvents.Appeared, true, false), (
            report.State, report.Events, report.Exists, report.Alive));
        Assert.Null(report.SinceLastChange);

        writer.Write([1]);
        report = monitor.Check();
        Assert.Equal((VoidState.Alive, VoidStateEvents.None, true), (report.State, report.Events, report.Alive));
        Assert.NotNull(report.SinceLastChange);

        Assert.Equal(VoidState.Alive, monitor.Check().State);
        Assert.Equal(VoidState.Alive, monitor.Check().State);
        report = monitor.Check();
        Assert.Equal((VoidState.Stalled, VoidStateEvents.Stalled, false, true), (
            report.State, report.Events, report.Alive, report.Exists));
        Assert.Equal(VoidStateEvents.None, monitor.Check().Events);

        writer.Write([1]);
        report = monitor.Check();
        Assert.Equal((VoidState.Alive, VoidStateEvents.Resumed), (report.State, report.Events));

        ulong old = writer.Epoch;
        writer.Reshape(2, 1);
        report = monitor.Check();
        Assert.Equal(VoidStateEvents.Reset | VoidStateEvents.ShapeChanged, report.Events);
        Assert.Equal((old, old + 1), (report.OldEpoch, report.Epoch));

        writer.Disconnect();
        report = monitor.Check();
        Assert.Equal((VoidState.Missing, VoidStateEvents.Vanished, VoidValidity.Missing), (
            report.State, report.Events, report.Code));
    }

    [Fact]
    public void Monitor_EpochChangeDuringAStall_Revives()
    {
        using var name = new TempSegment("s");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        var monitor = new VoidStateMonitor(name.Name) { StallFrames = 1 };
        monitor.Check();
        writer.Write([1]);
        Assert.True(monitor.Check().Alive);
        Assert.Equal(VoidState.Stalled, monitor.Check().State);

        writer.Reset();

        VoidStateReport report = monitor.Check();
        Assert.Equal((VoidState.Alive, VoidStateEvents.Reset | VoidStateEvents.Resumed), (report.State, report.Events));
    }

    [Fact]
    public void Monitor_OwnerChangedAndInvalid_AreSeen()
    {
        using var name = new TempSegment("s");
        RawSegment.Create(name, RawSegment.Image(VoidProfiles.Canon, 1, 1, [1], owner: new VoidOwner("a")));
        var monitor = new VoidStateMonitor(name.Name);
        monitor.Check();

        RawSegment.Poke(name, 40, "b"u8);
        Assert.Equal(VoidStateEvents.OwnerChanged, monitor.Check().Events);
        RawSegment.Poke(name, 0, new byte[4]);
        VoidStateReport report = monitor.Check();

        Assert.Equal((VoidState.Invalid, VoidStateEvents.Vanished, VoidValidity.BadMagic), (
            report.State, report.Events, report.Code));
    }

    [Fact]
    public void Monitor_Rename_ForgetsEverything()
    {
        using var name = new TempSegment("s");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        var monitor = new VoidStateMonitor(name.Name);
        monitor.Check();
        writer.Write([1]);
        Assert.True(monitor.Check().Alive);

        monitor.Name = name.Name;

        Assert.Equal((VoidState.Idle, VoidStateEvents.Appeared), (monitor.Check().State, VoidStateEvents.Appeared));
    }

    [Fact]
    public void Monitor_AliveFirst_CountsTheFirstSight()
    {
        using var name = new TempSegment("s");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        var monitor =
            new VoidStateMonitor(name.Name, VoidProfiles.Canon with { AliveFirst = true }) { StallFrames = 1 };

        Assert.Equal(VoidState.Alive, monitor.Check().State);
        Assert.Equal(VoidState.Stalled, monitor.Check().State);
    }

    [Fact]
    public async Task Monitor_Poll_ReportsUntilCancelled()
    {
        using var name = new TempSegment("s");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        using var cancel = new CancellationTokenSource();
        int count = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (VoidStateReport report in new VoidStateMonitor(name.Name).PollAsync(500, cancel.Token))
            {
                Assert.True(report.Exists);
                if (++count == 5)
                {
                    await cancel.CancelAsync();
                }
            }
        });

        Assert.Equal(5, count);
    }
}
