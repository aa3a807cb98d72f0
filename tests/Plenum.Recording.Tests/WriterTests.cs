using Plenum.TestSupport;

namespace Plenum.Recording.Tests;

/// <summary>What adding an item may cost, and what happens when the disk is slow or full.</summary>
public sealed class WriterTests
{
    [Fact]
    public void Items_OfManySizes_ComeBackWithTimesKindsAndSequences() => Watchdog.Run(() =>
    {
        int[] sizes = [0, 1, 7, 8, 9, 1000, 70_000, 300_000];
        var stream = new MemoryStream();
        using (var writer = new RecordingWriter(
            stream, "test", TestRecording.Description, new RecordingWriterOptions { BlockBytes = 64 * 1024 }))
        {
            writer.Add(RecordedItemKind.Metadata, 5, 0, [], [1, 2, 3]);
            for (int i = 0; i < sizes.Length; i++)
            {
                Assert.True(writer.Add(RecordedItemKind.Data, 1000L * i, (ulong)(100 + i), [9], Data(i, sizes[i])));
            }

            writer.Complete();
            Assert.Equal(sizes.Length, writer.Statistics.Items);
        }

        using var reader = new RecordingReader(new MemoryStream(stream.ToArray()), "test");
        Assert.True(reader.TryRead(out RecordedItem metadata));
        Assert.Equal(RecordedItemKind.Metadata, metadata.Kind);
        for (int i = 0; i < sizes.Length; i++)
        {
            Assert.True(reader.TryRead(out RecordedItem item));
            Assert.Equal((ulong)(100 + i), item.Sequence);
            Assert.Equal(TimeSpan.FromTicks(10L * i), item.Time);
            Assert.Equal(9, item.Data[0]);
            Assert.True(item.Data[1..].SequenceEqual(Data(i, sizes[i])));
        }

        Assert.False(reader.TryRead(out _));
        Assert.Equal(sizes.Length, reader.ReadContents().Items);
    });

    [Fact]
    public void Description_EveryMember_ComesBack()
    {
        var written = TestRecording.Description with { Entry = "temp", Kind = RecordingKind.Values };
        var stream = new MemoryStream();
        new RecordingWriter(stream, "test", written).Complete();
        using var reader = new RecordingReader(new MemoryStream(stream.ToArray()), "test");

        RecordingDescription read = reader.Description;

        Assert.Equal((written.Kind, written.Segment, written.Entry), (read.Kind, read.Segment, read.Entry));
        Assert.Equal(written.StartedUtc, read.StartedUtc);
        Assert.Equal("zerobuffer", read.Property("protocol"));
        Assert.Null(read.Property("no-such-property"));
        Assert.Equal(1000, reader.FormatVersion);
    }

    [Fact]
    public void FlushInterval_ItemOfAPartlyFilledBlock_ReachesTheFile() => Watchdog.Run(() =>
    {
        string path = Path.GetTempFileName();
        try
        {
            using var writer = RecordingWriter.Create(
                path, TestRecording.Description,
                new RecordingWriterOptions { FlushInterval = TimeSpan.FromMilliseconds(5) });
            writer.Add(1, [1, 2, 3]);

            // Ends by itself when the item is there; the watchdog when it never comes.
            while (true)
            {
                using var reader = RecordingReader.Open(path);
                if (reader.TryRead(out RecordedItem item))
                {
                    Assert.Equal(3, item.Data.Length);
                    return;
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    });

    [Fact]
    public void Drop_SlowDisk_ReturnsAtOnceAndCounts() => Watchdog.Run(() =>
    {
        var disk = new SlowStream(freeWrites: 2);
        var writer = new RecordingWriter(disk, "test", TestRecording.Description, new RecordingWriterOptions
        {
            BlockBytes = 100,
            QueueBytes = 1000,
            MaximumWait = TimeSpan.Zero,
        });
        int taken = 0;
        for (ulong i = 0; i < 200; i++)
        {
            taken += writer.Add(i, Data(1, 80)) ? 1 : 0;
        }

        Assert.InRange(taken, 1, 12);
        Assert.Equal(200 - taken, writer.Statistics.Lost);
        Assert.Equal(TimeSpan.Zero, writer.Statistics.LongestWait);
        disk.Open();
        while (!writer.Add(999, Data(1, 80)))
        {
            // The disk catches up; what is dropped meanwhile counts too.
        }

        writer.Complete();
        using var reader = new RecordingReader(new MemoryStream(disk.ToArray()), "test");
        int read = 0;
        ulong last = 0;
        while (reader.TryRead(out RecordedItem item))
        {
            read++;
            last = item.Sequence;
        }

        Assert.Equal(taken + 1, read);
        Assert.Equal(999UL, last);
        Assert.Equal(writer.Statistics.Lost, reader.Lost);
        Assert.Equal(RecordingEnding.Complete, reader.Ending);
    });

    [Fact]
    public void BoundedWait_StandingDisk_WaitsThatLongThenDrops() => Watchdog.Run(() =>
    {
        var limit = TimeSpan.FromMilliseconds(30);
        var disk = new SlowStream(freeWrites: 2);
        using var writer = new RecordingWriter(disk, "test", TestRecording.Description, new RecordingWriterOptions
        {
            BlockBytes = 100,
            QueueBytes = 200,
            MaximumWait = limit,
        });
        while (writer.Add(1, Data(1, 80)))
        {
            // Until the queue is full.
        }

        Assert.True(writer.Statistics.LongestWait >= limit);
        disk.Open();
    });

    [Fact]
    public void Block_StandingDisk_WaitsUntilCancelled() => Watchdog.Run(() =>
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var disk = new SlowStream(freeWrites: 2);
        using var writer = new RecordingWriter(
            disk, "test", TestRecording.Description, new RecordingWriterOptions { BlockBytes = 100, QueueBytes = 200 });

        Assert.Throws<OperationCanceledException>((Action)(() =>
        {
            while (true)
            {
                Assert.True(writer.Add(1, Data(1, 80), stop.Token));
            }
        }));
        Assert.Equal(0, writer.Statistics.Lost);
        disk.Open();
    });

    [Fact]
    public void FullDisk_PartOfABlock_IsCutBackAndSaid() => Watchdog.Run(() =>
    {
        var disk = new FullStream(2000);
        var writer = new RecordingWriter(
            disk, "the-file", TestRecording.Description, new RecordingWriterOptions
            {
                BlockBytes = 100,
                QueueBytes = 1000
            });

        var full = Assert.Throws<IOException>((Action)(() =>
        {
            for (ulong i = 0; ; i++)
            {
                writer.Add(i, Data(1, 80));
            }
        }));

        Assert.Contains("the-file", full.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(writer.Complete);
        writer.Dispose();
        using var reader = new RecordingReader(new MemoryStream(disk.ToArray()), "test");
        int items = 0;
        while (reader.TryRead(out RecordedItem item))
        {
            Assert.Equal((ulong)items++, item.Sequence);
        }

        Assert.InRange(items, 5, 20);
        Assert.Equal(RecordingEnding.Unfinished, reader.Ending);
    });

    [Fact]
    public void FullDevice_FirstBlock_IsSaidWhenTheRecordingStarts()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Skip("there is no /dev/full here");
        }

        var full = Assert.Throws<IOException>(() => RecordingWriter.Create("/dev/full", TestRecording.Description));

        Assert.Contains("/dev/full", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Item_LargerThanTheQueue_IsTaken() => Watchdog.Run(() =>
    {
        var stream = new MemoryStream();
        using (var writer = new RecordingWriter(
            stream, "test", TestRecording.Description, new RecordingWriterOptions { QueueBytes = 1000 }))
        {
            Assert.True(writer.Add(1, Data(1, 100_000)));
            Assert.True(writer.Add(2, Data(2, 100_000)));
            writer.Complete();
        }

        using var reader = new RecordingReader(new MemoryStream(stream.ToArray()), "test");
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out RecordedItem second));
        Assert.True(second.Data.SequenceEqual(Data(2, 100_000)));
    });

    [Fact]
    public void Adding_AfterWarmUp_DoesNotAllocate() => Watchdog.Run(() =>
    {
        string path = Path.GetTempFileName();
        try
        {
            using var writer = RecordingWriter.Create(
                path, TestRecording.Description, new RecordingWriterOptions
                {
                    BlockBytes = 4096,
                    QueueBytes = 64 * 1024
                });
            byte[] data = Data(1, 1000);
            for (ulong i = 0; i < 2000; i++)
            {
                writer.Add(i, data);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 0; i < 2000; i++)
            {
                writer.Add(i, data);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        finally
        {
            File.Delete(path);
        }
    });

    [Fact]
    public void Add_AfterTheEnd_IsRefused()
    {
        var writer = new RecordingWriter(new MemoryStream(), "test", TestRecording.Description);
        writer.Complete();

        Assert.Throws<ObjectDisposedException>(() => writer.Add(1, [1]));
    }

    [Fact]
    public void Snapshot_HeadAndFloats_ComeBack()
    {
        byte[] data = new byte[SnapshotItem.HeadBytes + 24];
        new SnapshotItem(2, 3, 77).WriteHead(data);
        SnapshotItem.WriteFloats([1, -2, 3.5f, float.NaN, 0, 1e30f], data.AsSpan(SnapshotItem.HeadBytes));
        float[] values = [];

        Assert.True(SnapshotItem.TryRead(data, ref values, out SnapshotItem item));

        Assert.Equal(new SnapshotItem(2, 3, 77), item);
        Assert.Equal([1, -2, 3.5f, float.NaN, 0, 1e30f], values);
        Assert.False(SnapshotItem.TryRead(data.AsSpan(0, 30), ref values, out _));
        Assert.False(SnapshotItem.TryRead(data.AsSpan(0, 3), ref values, out _));
    }

    private static byte[] Data(int seed, int size)
    {
        byte[] data = new byte[size];
        new Random(seed).NextBytes(data);
        return data;
    }
}
