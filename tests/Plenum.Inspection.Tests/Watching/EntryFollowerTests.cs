using System.Buffers.Binary;
using Plenum.Inspection.Watching;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests.Watching;

/// <summary>Values of structures, followed beside their readers.</summary>
public sealed class EntryFollowerTests
{
    [Fact]
    public void Poll_Ring_ReturnsNewValuesAndConsumesNothing()
    {
        using var name = new TempSegment("follow");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedRing<double> ring = SharedRing<double>.Create(memory, "samples", 8);
        Assert.Equal(3, ring.TryWrite([1.5, 2.5, 3.5]));
        using SegmentImage image = Open(name.Name);
        EntryFollower follower = Follow(image, "samples");

        Assert.Equal([3.5], Doubles(follower.Poll()));
        Assert.Empty(follower.Poll().Elements);
        Assert.Equal(2, ring.TryWrite([4.5, 5.5]));
        EntryValues values = follower.Poll();

        Assert.Equal([4.5, 5.5], Doubles(values));
        Assert.Equal(0UL, values.Missed);
        Assert.Equal(3UL, values.Position);
        Assert.Equal(5, ring.Count);
    }

    [Fact]
    public void Poll_Future_ReturnsItsValueOnceItIsThere()
    {
        using var name = new TempSegment("follow");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedFuture<Guid> answer = SharedFuture<Guid>.Create(memory, "answer");
        SharedFuture<Guid> failed = SharedFuture<Guid>.Create(memory, "failed");
        var value = Guid.NewGuid();
        using SegmentImage image = Open(name.Name);
        EntryFollower follower = Follow(image, "answer");
        EntryFollower other = Follow(image, "failed");
        Assert.Empty(follower.Poll().Elements);
        Assert.Empty(follower.Contents());

        Assert.True(answer.TrySet(value));
        Assert.True(failed.TryFail("no"));

        Assert.Equal(value, new Guid(Assert.Single(follower.Poll().Elements).Span));
        Assert.Empty(follower.Poll().Elements);
        Assert.Equal(value, new Guid(Assert.Single(follower.Contents()).Span));
        Assert.Empty(other.Poll().Elements);
        Assert.Equal(0, answer.WaitingCount);
    }

    [Fact]
    public void Poll_RingThatWentRound_CountsTheMissed()
    {
        using var name = new TempSegment("follow");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedRing<double> ring = SharedRing<double>.Create(memory, "samples", 4);
        using SegmentImage image = Open(name.Name);
        EntryFollower follower = Follow(image, "samples");
        _ = follower.Poll();
        for (int i = 0; i < 10; i++)
        {
            Assert.True(ring.TryWrite(i));
            Assert.True(ring.TryRead(out double _));
        }

        EntryValues values = follower.Poll();

        // One of the four that lie there could be under the producer's pen: only three are certain.
        Assert.Equal([7.0, 8.0, 9.0], Doubles(values));
        Assert.Equal(7UL, values.Missed);
    }

    [Fact]
    public void Poll_Queue_SeesConsumedValuesThatAreStillThere()
    {
        using var name = new TempSegment("follow");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedQueue<int> queue = SharedQueue<int>.Create(memory, "jobs", 4);
        using SegmentImage image = Open(name.Name);
        EntryFollower follower = Follow(image, "jobs");
        Assert.Empty(follower.Poll().Elements);
        Assert.Equal(3, queue.TryEnqueue([10, 20, 30]));
        Assert.True(queue.TryDequeue(out int _));

        EntryValues values = follower.Poll();

        Assert.Equal([10, 20, 30], Ints(values));
        Assert.Equal(2, queue.Count);
        Assert.Equal(2, queue.TryEnqueue([40, 50]));
        Assert.Equal([40, 50], Ints(follower.Poll()));
    }

    [Fact]
    public void Poll_Signal_ReturnsTheValueOnceForEachChange()
    {
        using var name = new TempSegment("follow");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedSignal<double> signal = SharedSignal<double>.Create(memory, "level", 1.5);
        using SegmentImage image = Open(name.Name);
        EntryFollower follower = Follow(image, "level");

        Assert.Equal([1.5], Doubles(follower.Poll()));
        Assert.Empty(follower.Poll().Elements);
        signal.Set(2.5);
        signal.Set(3.5);
        EntryValues values = follower.Poll();

        Assert.Equal([3.5], Doubles(values));
        Assert.Equal(1UL, values.Missed);
        Assert.Equal(2UL, values.Position);
    }

    [Theory]
    [InlineData("cpp_array.bin", "temps", 4)]
    [InlineData("c_array.bin", "temps", 4)]
    [InlineData("cpp_stream.bin", "temp", 8)]
    [InlineData("py_stream.bin", "temp", 8)]
    [InlineData("cpp_channel.bin", "buf", 4)]
    [InlineData("py_channel.bin", "buf", 4)]
    [InlineData("cpp_signal.bin", "s_f64", 8)]
    [InlineData("cpp_ring.bin", "r_f64", 8)]
    public void Create_GoldenImage_KnowsTheElement(string file, string entry, int bytes)
    {
        using var image = SegmentImage.FromFile(GoldenImage.PathOf("zeroipc", file));

        EntryFollower follower = Follow(image, entry);

        Assert.Equal(bytes, follower.ElementBytes);
        _ = follower.Poll();
    }

    [Fact]
    public void Poll_FlippedBits_NeverFails()
    {
        var random = new Random(7);
        foreach (string file in GoldenImage.FilesOf("zeroipc"))
        {
            byte[] original = GoldenImage.Read("zeroipc", file);
            for (int round = 0; round < 10; round++)
            {
                byte[] bytes = [.. original];
                for (int flips = random.Next(1, 20); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                using var image = SegmentImage.FromBytes("fuzz", bytes);
                SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());
                foreach (EntryDescription entry in description.Entries)
                {
                    EntryFollower follower = EntryFollower.Create(image, description, entry);
                    _ = follower.Poll();
                    _ = follower.Poll();
                }
            }
        }
    }

    private static SegmentImage Open(string name)
    {
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name), out SegmentImage? image));
        return image;
    }

    private static EntryFollower Follow(SegmentImage image, string name)
    {
        SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());
        EntryDescription? entry = EntryFollower.Find(description, name);
        Assert.NotNull(entry);
        return EntryFollower.Create(image, description, entry);
    }

    private static double[] Doubles(EntryValues values) =>
        [.. values.Elements.Select(bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes.Span))];

    private static int[] Ints(EntryValues values) =>
        [.. values.Elements.Select(bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes.Span))];
}
