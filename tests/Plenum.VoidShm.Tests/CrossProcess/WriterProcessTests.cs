using System.Globalization;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.CrossProcess;

[Collection("processes")]
public sealed class WriterProcessTests
{
    private readonly float[] _values = new float[16];

    [Theory]
    [InlineData("canon")]
    [InlineData("strict")]
    public void SecondWriter_WhileTheFirstLives_IsRefusedEvenWhenItIsIdle(string profile)
    {
        using var name = new TempSegment("sw");
        using PeerProcess first = Hold(name, profile);
        using var second = new VoidShmWriter(
            name.Name, 1, 1,
            new VoidWriterOptions { Profile = VoidProfiles.Find(profile)!, TakeoverObservation = TimeSpan.Zero });

        Assert.Equal(VoidValidity.Busy, second.TryConnect(out long holder));
        Assert.Equal(profile == "canon" ? first.Id : 0, holder);

        first.CloseInput();
        first.ExpectExit();
        Assert.Equal(VoidValidity.Ok, second.TryConnect());
    }

    [Theory]
    [InlineData("canon")]
    [InlineData("strict")]
    [InlineData("c")]
    public void KilledWriter_SegmentStaysAndTheNextTakesOverAboveItsEpoch(string profileName)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("kw");
        ulong last = 0;
        for (int round = 0; round < 3; round++)
        {
            using PeerProcess writer = Hold(name, profileName, frames: 3);
            VoidInfo info = VoidInfo.Read(name.Name, profile);
            Assert.True(info.Epoch > last, $"{info.Epoch} after {last}");
            Assert.Equal(3ul, info.Frame);
            last = info.Epoch;
            writer.Kill();
            Assert.True(VoidInfo.Read(name.Name, profile).IsValid);
        }

        using VoidShmWriter next = VoidShmWriter.Connect(
            name.Name, 1, 4,
            new VoidWriterOptions { Profile = profile, TakeoverObservation = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(last + 1, next.Epoch);
    }

    [Fact]
    public void RestartedWriter_AfterACleanEnd_NeverRepeatsAnEpoch()
    {
        using var name = new TempSegment("rw");
        ulong last = 0;
        for (int round = 0; round < 3; round++)
        {
            using PeerProcess writer = Hold(name, "canon");
            writer.WriteLine("reset");
            ulong epoch = Number(writer.ExpectLine("done"), 1);
            Assert.True(epoch > last);
            last = epoch;
            writer.CloseInput();
            writer.ExpectExit();
            Assert.False(File.Exists(name.FilePath));
        }
    }

    [Fact]
    public void AttachedReader_SeesInvalidationTakeoverAndRestart()
    {
        using var name = new TempSegment("ar");
        using var reader = new VoidAttachedReader(name.Name);
        using (PeerProcess writer = Hold(name, "canon", frames: 1))
        {
            Assert.True(reader.TryRead(_values, out VoidSnapshot before));
            writer.WriteLine("disconnect");
            writer.ExpectLine("done");
            Assert.False(reader.TryRead(_values, out VoidSnapshot gone));
            Assert.Equal(VoidValidity.Missing, gone.Code);
            writer.WriteLine("connect");
            writer.ExpectLine("done");
            Assert.True(reader.TryRead(_values, out VoidSnapshot after));
            Assert.Equal((before.Epoch + 1, 0ul), (after.Epoch, after.Frame));
            writer.Kill();
        }

        using PeerProcess next = Hold(name, "canon", frames: 2);
        Assert.True(reader.TryRead(_values, out VoidSnapshot taken));
        Assert.Equal(2ul, taken.Frame);
    }

    [Fact]
    public void KilledInTheMiddleOfAFrame_ReaderNeverGetsTheHalf()
    {
        using var name = new TempSegment("km");
        using PeerProcess writer = Hold(name, "canon", frames: 2);
        using var strict = new VoidShmReader(name.Name);
        using var attached = new VoidAttachedReader(name.Name);
        Assert.True(attached.TryRead(_values, out _));
        writer.WriteLine("begin");
        writer.ExpectLine("stalled");
        writer.Kill();

        Assert.False(strict.TrySnapshot(_values.AsSpan(), out VoidSnapshot snapshot));
        Assert.Equal(VoidValidity.Changed, snapshot.Code);
        Assert.False(attached.TryRead(_values, out snapshot));
        Assert.Equal(VoidValidity.Changed, snapshot.Code);
        Assert.False(VoidInfo.Read(name.Name).WriterHoldsLock);

        using VoidShmWriter next = VoidShmWriter.Connect(name.Name, 1, 4);
        Assert.True(attached.TryRead(_values, out snapshot));
        Assert.Equal(next.Epoch, snapshot.Epoch);
    }

    [Fact]
    public void TwoWriters_OnAStaleSegment_ExactlyOneWins()
    {
        using var name = new TempSegment("ra");
        byte[] stale;
        using (VoidShmWriter dead = VoidShmWriter.Connect(name.Name, 2, 4))
        {
            stale = RawSegment.Read(name);
        }

        using PeerProcess a = PeerProcess.StartPeer("void-race", "--segment", name.Name);
        using PeerProcess b = PeerProcess.StartPeer("void-race", "--segment", name.Name);
        a.ExpectLine("ready");
        b.ExpectLine("ready");
        int rounds = Campaign.Count(120, 1000);
        int[] wins = new int[2];
        for (int round = 0; round < rounds; round++)
        {
            // A dead writer's segment: with its trailer in even rounds, without one (a foreign writer's) in odd ones.
            byte[] image = round % 2 == 0 ? stale : RawSegment.Image(VoidProfiles.Canon, 2, 4, [], epoch: 1UL << 60);
            RawSegment.Create(name, image);
            ulong epoch = BitConverter.ToUInt64(image, 24);
            string go = "go " + (MonotonicClock.Nanoseconds + 300_000).ToString(CultureInfo.InvariantCulture);
            a.WriteLine(go);
            b.WriteLine(go);
            string[] answers = [a.ReadLine(), b.ReadLine()];

            int winner = Array.FindIndex(answers, x => x.StartsWith("won", StringComparison.Ordinal));
            Assert.True(
                winner >= 0 && answers[1 - winner] == "lost Busy", $"round {round}: {string.Join(", ", answers)}");
            Assert.True(Number(answers[winner], 1) > epoch, $"round {round}: {answers[winner]} after {epoch}");
            Assert.Equal(Number(answers[winner], 1), VoidInfo.Read(name.Name).Epoch);
            wins[winner]++;
            a.WriteLine("release");
            b.WriteLine("release");
            a.ExpectLine("released");
            b.ExpectLine("released");
            Assert.False(File.Exists(name.FilePath));
        }

        a.CloseInput();
        b.CloseInput();
        a.ExpectExit();
        b.ExpectExit();
        Assert.Equal(rounds, wins.Sum());
    }

    [Fact]
    public void ManyReaders_OfOneWriter_AllReadWholeFrames()
    {
        int readers = Campaign.Count(8, 32);
        using var name = new TempSegment("mr");
        using PeerProcess writer = PeerProcess.StartPeer("void-write", "--segment", name.Name, "--length", "512");
        writer.ExpectLine("ready");
        var processes = new List<PeerProcess>();
        try
        {
            for (int i = 0; i < readers; i++)
            {
                processes.Add(PeerProcess.StartPeer(
                    "void-read", "--segment", name.Name, "--floats", "512", "--attached", i % 2 == 0
                        ? "true"
                        : "false"));
            }

            foreach (PeerProcess reader in processes)
            {
                reader.ExpectLine("ready");
            }

            foreach (PeerProcess reader in processes)
            {
                reader.WriteLine("stop");
            }

            foreach (PeerProcess reader in processes)
            {
                string line = reader.ExpectLine("summary");
                Assert.True(Number(line, 1) > 0, line);
                Assert.Equal(0ul, Number(line, 3));
                Assert.Equal(0ul, Number(line, 4));
                reader.ExpectExit();
            }
        }
        finally
        {
            processes.ForEach(p => p.Dispose());
        }

        writer.WriteLine("stop");
        writer.ExpectLine("wrote");
        writer.ExpectExit();
    }

    [Theory]
    [InlineData("canon")]
    [InlineData("strict")]
    public void WaitingProcess_WakesForEveryFrame(string profileName)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("wp");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 1, 1, new VoidWriterOptions { Profile = profile });
        using PeerProcess waiter = PeerProcess.StartPeer(
            "void-wait", "--segment", name.Name, "--count", "40", "--profile", profileName);
        waiter.ExpectLine("attached");
        for (int i = 1; i <= 40; i++)
        {
            writer.Write([i]);
            Assert.Equal($"frame {i} {i}", waiter.ExpectLine("frame"));
        }

        Assert.Equal("waited 40 40 0", waiter.ExpectLine("waited"));
        waiter.ExpectExit();
    }

    private static PeerProcess Hold(TempSegment name, string profile, int frames = 0)
    {
        PeerProcess writer = PeerProcess.StartPeer(
            "void-hold", "--segment", name.Name, "--length", "4", "--profile", profile, "--observe-ms", "20",
            "--frames", frames.ToString(CultureInfo.InvariantCulture));
        writer.ExpectLine("connected");
        return writer;
    }

    private static ulong Number(string line, int word) =>
        ulong.Parse(line.Split(' ')[word], CultureInfo.InvariantCulture);
}
