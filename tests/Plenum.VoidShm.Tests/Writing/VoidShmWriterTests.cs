using System.Buffers.Binary;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Writing;

public sealed class VoidShmWriterTests
{
    public static TheoryData<string> ProfileNames => new(VoidProfiles.All.Select(p => p.Name));

    [Theory]
    [MemberData(nameof(ProfileNames))]
    public void Write_ThenSnapshot_RoundTripsWithEachProfile(string profileName)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("rt");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 3, 2, new VoidWriterOptions { Profile = profile, Owner = new VoidOwner("a", "p", "n") });

        Assert.True(writer.Write([1, 2, 3, 4, 5, 6]));

        AssertReads(name, profile, [1, 2, 3, 4, 5, 6], writer);
        byte[] bytes = RawSegment.Read(name);
        Assert.Equal(4f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(profile.Layout.HeaderBytes + 12)));
        Assert.Equal("a", VoidInfo.Read(name.Name, profile).Owner.App);
    }

    [Fact]
    public void Write_BigEndianProfile_RoundTripsAndIsSwappedInMemory()
    {
        VoidProfile big = VoidProfiles.Canon with { Name = "big", Endian = VoidEndian.Big };
        using var name = new TempSegment("be");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 3, 2, new VoidWriterOptions { Profile = big });

        writer.Write([1, 2, 3, 4, 5, 6]);

        AssertReads(name, big, [1, 2, 3, 4, 5, 6], writer);
        Assert.Equal(4f, BinaryPrimitives.ReadSingleBigEndian(RawSegment.Read(name).AsSpan(232 + 12)));
        Assert.Throws<NotSupportedException>(() => writer.TryBeginFrame(out _));
    }

    [Fact]
    public void Write_UnalignedUserProfile_RoundTrips()
    {
        VoidProfile odd = VoidProfileFile.Parse(
            """
            {
              "name": "odd", "pack": 1, "str.app": 5, "str.project": 7, "str.node": 9, "width.version": "u16"
            }
            """);
        using var name = new TempSegment("odd");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 3, 2, new VoidWriterOptions { Profile = odd });

        writer.Write([1, 2, 3, 4, 5, 6]);

        Assert.Equal(55, odd.Layout.HeaderBytes);
        AssertReads(name, odd, [1, 2, 3, 4, 5, 6], writer);
    }

    [Fact]
    public void Write_EachMessage_AddsOneToTheFrame()
    {
        using var name = new TempSegment("fr");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);
        Assert.Equal(0ul, VoidInfo.Read(name.Name).Frame);

        writer.Write([1]);
        writer.Set(1, [2]);
        writer.WriteChannel(0, [3]);
        Assert.True(writer.TryBeginFrame(out VoidFrameLease lease));
        lease.Channel(1)[1] = 9;
        lease.Dispose();

        Assert.Equal(4ul, writer.Frame);
        Assert.Equal(4ul, VoidInfo.Read(name.Name).Frame);
        AssertReads(name, VoidProfiles.Canon, [3, 0, 2, 9], writer);
    }

    [Fact]
    public void Write_TooManyValues_DropsTheExcess()
    {
        using var name = new TempSegment("ex");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);

        writer.Write([1, 2, 3, 4, 5, 6, 7, 8]);
        writer.Set(1, [30, 40, 50, 60]);
        writer.WriteChannel(0, [10, 20, 99]);

        AssertReads(name, VoidProfiles.Canon, [10, 20, 30, 40], writer);
        Assert.Equal(3ul, writer.Frame);
    }

    [Fact]
    public void Write_TooFewValues_LeavesTheOtherCells()
    {
        using var name = new TempSegment("few");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);

        writer.Write([1, 2, 3, 4]);
        writer.Write([9]);

        AssertReads(name, VoidProfiles.Canon, [9, 2, 3, 4], writer);
    }

    [Theory]
    [InlineData(VoidSetIndex.Channel, new float[] { 0, 0, 5, 6 })]
    [InlineData(VoidSetIndex.Flat, new float[] { 0, 5, 6, 0 })]
    public void Set_Index_CountsWhatTheProfileSays(VoidSetIndex index, float[] expected)
    {
        VoidProfile profile = VoidProfiles.Canon with { SetIndex = index };
        using var name = new TempSegment("set");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 2, new VoidWriterOptions { Profile = profile });

        writer.Set(1, [5, 6]);

        AssertReads(name, profile, expected, writer);
    }

    [Fact]
    public void Set_IndexOutside_ThrowsAndChangesNothing()
    {
        using var name = new TempSegment("set");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(2, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(-1, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(int.MaxValue, [1]));

        Assert.Equal(0ul, writer.Frame);
        Assert.True(writer.Write([1]));
    }

    [Fact]
    public void EveryStructuralChange_GivesTheNextEpochAClearedPayloadAndFrameZero()
    {
        using var name = new TempSegment("ep");
        using var other = new TempSegment("ep2");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 2);
        ulong epoch = writer.Epoch;
        Action[] changes =
        [
            writer.Reset,
            () => writer.Reshape(3, 2),
            () => writer.Reshape(3, 4),
            () => writer.Rename(other.Name),
            () => writer.Rename(name.Name),
            () => { writer.Disconnect(); writer.Connect(); },
        ];

        foreach (Action change in changes)
        {
            writer.Write([1, 2, 3, 4]);
            change();
            epoch++;
            VoidInfo info = VoidInfo.Read(writer.Name);
            Assert.Equal(epoch, info.Epoch);
            Assert.Equal(epoch, writer.Epoch);
            Assert.Equal(0ul, info.Frame);
            AssertReads(writer.Name, VoidProfiles.Canon, new float[writer.FloatCount], writer);
        }

        Assert.False(File.Exists(other.FilePath));
    }

    [Fact]
    public void Reset_FrameOnEpochKeep_GoesOn()
    {
        using var name = new TempSegment("keep");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1,
            new VoidWriterOptions { Profile = VoidProfiles.Canon with { FrameOnEpoch = VoidFrameOnEpoch.Keep } });
        writer.Write([1]);
        writer.Write([1]);

        writer.Reset();
        Assert.Equal(2ul, VoidInfo.Read(name.Name).Frame);
        writer.Disconnect();
        writer.Connect();
        writer.Write([1]);

        Assert.Equal(3ul, VoidInfo.Read(name.Name).Frame);
    }

    [Fact]
    public void Connect_SecondWriterInTheSameProcess_IsRefused()
    {
        using var name = new TempSegment("two");
        using VoidShmWriter first = VoidShmWriter.Connect(name.Name, 1, 1);
        using var second = new VoidShmWriter(name.Name, 1, 1);

        Assert.Equal(VoidValidity.Busy, second.TryConnect(out long holder));
        Assert.Equal(Environment.ProcessId, holder);
        Assert.Equal(VoidWriterState.ErrorOpen, second.State);
        SegmentBusyException busy = Assert.Throws<SegmentBusyException>(second.Connect);
        Assert.Equal(Environment.ProcessId, busy.ProcessId);
        Assert.True(first.Write([1]));

        first.Disconnect();
        Assert.Equal(VoidValidity.Ok, second.TryConnect());
    }

    [Fact]
    public void Rename_ToATakenName_ThrowsAndKeepsTheOldSegment()
    {
        using var name = new TempSegment("rn");
        using var taken = new TempSegment("rn2");
        using VoidShmWriter owner = VoidShmWriter.Connect(taken.Name, 1, 1);
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);

        Assert.Throws<SegmentBusyException>(() => writer.Rename(taken.Name));

        Assert.Equal(name.Name, writer.Name);
        Assert.True(writer.Write([4]));
        AssertReads(name, VoidProfiles.Canon, [4], writer);
    }

    [Fact]
    public void Disconnect_MarksTheMemoryInvalidAndRemovesTheName()
    {
        using var name = new TempSegment("inv");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 1);
        ulong epoch = writer.Epoch;
        using SharedSegment mapped = SharedSegment.Open(SegmentName.Parse(name.Name), SegmentAccess.ReadOnly);

        writer.Disconnect();

        Assert.Equal(0u, mapped.ReadOnlyUInt32(0).ReadAcquire());
        Assert.Equal(epoch + 1, mapped.ReadOnlyUInt64(24).ReadAcquire());
        Assert.False(File.Exists(name.FilePath));
        Assert.False(writer.Write([1]));
        Assert.Equal(VoidWriterState.Disconnected, writer.State);
    }

    [Theory]
    [InlineData(VoidInvalidation.MagicZero, true, false)]
    [InlineData(VoidInvalidation.EpochPlusOne, false, true)]
    [InlineData(VoidInvalidation.UnlinkOnly, false, false)]
    [InlineData(VoidInvalidation.All, true, true)]
    public void Disconnect_Invalidation_MarksWhatTheProfileSays(
        VoidInvalidation how, bool magicCleared, bool epochMoved)
    {
        using var name = new TempSegment("inv");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { Profile = VoidProfiles.Canon with { Invalidation = how } });
        ulong epoch = writer.Epoch;
        using SharedSegment mapped = SharedSegment.Open(SegmentName.Parse(name.Name), SegmentAccess.ReadOnly);

        writer.Destroy();

        Assert.Equal(magicCleared, mapped.ReadOnlyUInt32(0).ReadAcquire() == 0);
        Assert.Equal(epochMoved ? epoch + 1 : epoch, mapped.ReadOnlyUInt64(24).ReadAcquire());
        Assert.Equal(VoidWriterState.Destroyed, writer.State);
    }

    [Fact]
    public void Reshape_ReplacesTheSegmentAndNeverShrinksTheOldOne()
    {
        using var name = new TempSegment("shr");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 64, 64);
        using SharedSegment old = SharedSegment.Open(SegmentName.Parse(name.Name), SegmentAccess.ReadOnly);

        writer.Reshape(1, 1);

        Assert.Equal(old.SizeBytes, old.CurrentSizeBytes());
        Assert.Equal(0u, old.ReadOnlyUInt32(0).ReadAcquire());
        Assert.False(old.IsNamed());
        Assert.Equal(1, VoidInfo.Read(name.Name).Channels);
    }

    [Fact]
    public void Lease_Open_RefusesOtherOperationsAndDisposeWaitsForIt()
    {
        using var name = new TempSegment("le");
        VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 2);
        Assert.True(writer.TryBeginFrame(out VoidFrameLease lease));

        Assert.Throws<InvalidOperationException>(() => writer.Write([1]));
        Assert.Throws<InvalidOperationException>(() => writer.Disconnect());
        writer.Dispose();
        lease.Values[0] = 1;
        Assert.True(File.Exists(name.FilePath));
        lease.Dispose();

        Assert.False(File.Exists(name.FilePath));
        Assert.Throws<ObjectDisposedException>(() => writer.Connect());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/b")]
    [InlineData("a-name-that-is-longer-than-macOS-can-open")]
    public void Constructor_BadName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => new VoidShmWriter(name, 1));

    [Fact]
    public void Constructor_LongNameWithLargerLimit_IsAccepted()
    {
        using var writer = new VoidShmWriter(
            new string('n', 100), 1, 1,
            new VoidWriterOptions { Profile = VoidProfiles.Canon with { NameMaxBytes = 255 } });

        Assert.Equal(VoidWriterState.Waiting, writer.State);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Constructor_BadShape_Throws(int channels, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VoidShmWriter("n", channels, length));

    [Fact]
    public void Connect_SomethingElseUnderTheName_IsRefusedAndLeftAlone()
    {
        using var name = new TempSegment("els");
        RawSegment.Create(name, "not a segment of anybody"u8, 4096);
        using var writer = new VoidShmWriter(name.Name, 1);

        Assert.Equal(VoidValidity.BadMagic, writer.TryConnect());
        Assert.Throws<SegmentExistsException>(writer.Connect);

        Assert.Equal("not a segment"u8.ToArray(), RawSegment.Read(name)[..13]);
    }

    [Fact]
    public void Dispose_WhileOtherThreadsWrite_EndsCleanly()
    {
        for (int round = 0; round < 8; round++)
        {
            using var name = new TempSegment("dis");
            VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 1, 4096);
            float[] values = new float[4096];
            using var started = new CountdownEvent(2);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                bool first = true;
                while (writer.Write(values))
                {
                    if (first)
                    {
                        first = false;
                        started.Signal();
                    }
                }
            }))];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            started.Wait();
            writer.Dispose();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            Assert.False(writer.IsConnected);
        }
    }

    private static void AssertReads(TempSegment name, VoidProfile profile, float[] expected, VoidShmWriter writer) =>
        AssertReads(name.Name, profile, expected, writer);

    private static void AssertReads(string name, VoidProfile profile, float[] expected, VoidShmWriter writer)
    {
        var options = new VoidReaderOptions { Profile = profile };
        using var strict = new VoidShmReader(name, options);
        using var attached = new VoidAttachedReader(name, options);
        float[] values = new float[expected.Length];
        VoidVerification verification = profile.Trailer ? VoidVerification.Verified : VoidVerification.Unverifiable;

        Assert.True(strict.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot));
        Assert.Equal(expected, values);
        Assert.Equal(verification, snapshot.Verification);
        Assert.Equal((writer.Channels, writer.Length), (snapshot.Channels, snapshot.Length));
        Assert.Equal((writer.Epoch, writer.Frame), (snapshot.Epoch, snapshot.Frame));

        values.AsSpan().Fill(-1);
        Assert.True(attached.TryRead(values, out snapshot));
        Assert.Equal(expected, values);
        Assert.Equal(verification, snapshot.Verification);
        Assert.Equal((writer.Epoch, writer.Frame), (snapshot.Epoch, snapshot.Frame));
    }
}
