using Plenum.Inspection.Watching;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests.ZeroIpc;

/// <summary>Broadcasts are known by their magic and followed without subscribing.</summary>
public sealed class BroadcastKindTests
{
    [Fact]
    public void Broadcast_IsRecognisedAndFollowed()
    {
        using var name = new TempSegment("bc");
        using SharedMemory memory = SharedMemory.Create(name.Name, 65_536);
        SharedBroadcast<int> broadcast = SharedBroadcast<int>.Create(memory, "news",
            new BroadcastOptions { Capacity = 8 });
        using BroadcastPublisher<int> publisher = broadcast.OpenPublisher();
        using BroadcastSubscription<int> reader = broadcast.Subscribe();
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name.Name), out SegmentImage? image));
        using SegmentImage opened = image;
        SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());

        EntryDescription entry = Assert.Single(description.Entries);
        Assert.Equal(("news", "broadcast"), (entry.Name, entry.Kind));
        Assert.Equal("1", entry.Fields.Single(field => field.Name == "subscribers").Value?.ToString());
        EntryFollower follower = EntryFollower.Create(image, description, entry);
        _ = follower.Poll();
        Assert.Equal(5, publisher.TryEmit([1, 2, 3, 4, 5]));
        EntryValues values = follower.Poll();
        Assert.Equal([1, 2, 3, 4, 5], values.Elements.Select(bytes => BitConverter.ToInt32(bytes.Span)));
        Assert.Equal(5, reader.Behind);

        // Overwritten meanwhile: what is left is whole, the rest is counted.
        Assert.Equal(5, reader.TryNext(new int[8]));
        Assert.Equal(8, publisher.TryEmit([.. Enumerable.Range(6, 8)]));
        Assert.Equal(8, reader.TryNext(new int[8]));
        Assert.Equal(3, publisher.TryEmit([14, 15, 16]));
        values = follower.Poll();
        Assert.Equal(Enumerable.Range(9, 8), values.Elements.Select(bytes => BitConverter.ToInt32(bytes.Span)));
        Assert.Equal(3UL, values.Missed);
    }
}
