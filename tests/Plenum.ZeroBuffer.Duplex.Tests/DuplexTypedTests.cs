using System.Buffers;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>Values instead of bytes: structs, text, any serializer.</summary>
public sealed class DuplexTypedTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);

    private static readonly DuplexCodec<Order> s_json = new(
        static (in value, target) =>
        {
            using var json = new Utf8JsonWriter(target);
            JsonSerializer.Serialize(json, value);
        },
        static bytes => JsonSerializer.Deserialize<Order>(bytes)!);

    [Fact]
    public void Call_Structs_AnswerIsTheFunctionOfTheRequest() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ty");
        using DuplexServer server = DuplexServer.Start(
            name.Name, DuplexTypedHandlers.Of((Rectangle r) => new Area(r.Width * (long)r.Height, r.Width == r.Height)));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        Assert.Equal(new Area(12, false), client.Call<Rectangle, Area>(new Rectangle(3, 4)));
        Assert.Equal(new Area(25, true), client.Call<Rectangle, Area>(new Rectangle(5, 5)));
    });

    [Fact]
    public void Call_StructsEverythingAllocatedBefore_AllocatesNothing() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ty");
        using DuplexServer server = DuplexServer.Start(
            name.Name, DuplexTypedHandlers.Of((Rectangle r) => new Area(r.Width, false)));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);
        for (int i = 0; i < 5000; i++)
        {
            client.Call<Rectangle, Area>(new Rectangle(i, 1));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        long sum = 0;
        for (int i = 0; i < 500; i++)
        {
            sum += client.Call<Rectangle, Area>(new Rectangle(i, 1)).Square;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(500 * 499 / 2, sum);
    });

    [Fact]
    public async Task CallAsync_StructsAndAsynchronousHandler_EachGetsItsAnswer() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("ty");
        using DuplexServer server = DuplexServer.StartAsynchronous(
            name.Name,
            DuplexTypedHandlers.OfAsync<Rectangle, Area>(static async (r, stopping) =>
            {
                await Task.Yield();
                stopping.ThrowIfCancellationRequested();
                return new Area(r.Width, true);
            }));
        using DuplexClient client = await DuplexClient.ConnectAsync(name.Name, s_wait);

        Area[] areas = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            await client.CallAsync<Rectangle, Area>(new Rectangle(i, 1))));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), areas.Select(a => a.Square));
    });

    [Fact]
    public async Task Call_Codecs_TextAndJsonPass() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("ty");
        using DuplexServer server = DuplexServer.Start(
            name.Name,
            DuplexTypedHandlers.Of(DuplexCodecs.Utf8, s_json, id => new Order(id, [1, 2, id.Length])));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        Order first = client.Call("2026-17", DuplexCodecs.Utf8, s_json);
        Order second = await client.CallAsync(new string('ä', 5000), DuplexCodecs.Utf8, s_json);

        Assert.Equal(("2026-17", 7), (first.Id, first.Items[2]));
        Assert.Equal((5000, 5000), (second.Id.Length, second.Items[2]));
    });

    [Fact]
    public async Task CallAsync_CodecAndAsynchronousHandler_StructCodecRoundTrips() => await Watchdog.RunAsync(async () =>
    {
        using var name = new TempSegment("ty");
        DuplexCodec<Rectangle> rectangles = DuplexCodecs.Struct<Rectangle>();
        using DuplexServer server = DuplexServer.StartAsynchronous(
            name.Name,
            DuplexTypedHandlers.OfAsync(rectangles, DuplexCodecs.Utf8, static async (r, _) =>
            {
                await Task.Yield();
                return $"{r.Width} x {r.Height}";
            }));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        Assert.Equal("3 x 4", await client.CallAsync(new Rectangle(3, 4), rectangles, DuplexCodecs.Utf8));
    });

    [Fact]
    public void Call_OtherEndUsesAnotherType_BothSidesSayWhich() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("ty");
        using DuplexServer server = DuplexServer.Start(
            name.Name, DuplexTypedHandlers.Of((Rectangle r) => new Area(r.Width, true)));
        using DuplexClient client = DuplexClient.Connect(name.Name, s_wait);

        DuplexHandlerException refused = Assert.Throws<DuplexHandlerException>(() => client.Call<int, Area>(1));
        Assert.StartsWith(
            "InvalidDataException: Could not read a Rectangle of 8 bytes from 4 bytes", refused.HandlerError,
            StringComparison.Ordinal);
        InvalidDataException wrong = Assert.Throws<InvalidDataException>(() =>
            client.Call<Rectangle, int>(new Rectangle(1, 2)));
        Assert.StartsWith("Could not read a Int32 of 4 bytes from 16 bytes", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => client.Call<nint, int>(1));

        Assert.Equal(new Area(9, true), client.Call<Rectangle, Area>(new Rectangle(9, 1)));
    });

    private readonly record struct Rectangle(int Width, int Height);

    private readonly record struct Area(long Square, bool IsSquare);

    private sealed record Order(string Id, int[] Items);
}
