using System.Diagnostics;
using System.Globalization;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>The code of docs/guides/computation-over-time.md. What stands between two marks is what stands there; a
/// test compares.</summary>
internal static class GuideExamples
{
    private static double s_rate = 1.5;

    internal static void Run(SharedMemory memory) => RunAsync(memory).GetAwaiter().GetResult();

    internal static void Listen(SharedMemory memory, int index) => ListenAsync(memory).GetAwaiter().GetResult();

    private static async Task RunAsync(SharedMemory memory)
    {
        Emit(memory.Name);
        SharedStream<double> celsius = SharedStream<double>.Open(memory, "celsius");
        using Process listener = Program.Start("guide", memory);
        celsius.Close();
        await listener.WaitForExitAsync();
        await DeriveAsync(memory);
        await NaturalsAsync(memory);
        await AnswerAsync(memory);
        Depend(memory);
        await HandOverAsync(memory);
        await SelectAsync(memory);
    }

    private static void Emit(string segment)
    {
        // [emit]
        using SharedMemory memory = SharedMemory.CreateOrOpen(segment, 1 << 20);
        SharedStream<double> celsius = SharedStream<double>.CreateOrOpen(memory, "celsius", 16);
        celsius.Emit(21.5);
        // [end]
    }

    private static async Task ListenAsync(SharedMemory memory)
    {
        // [listen]
        await foreach (double degrees in SharedStream<double>.Open(memory, "celsius"))
        {
            Console.WriteLine(degrees);
        }
        // [end]
    }

    private static async Task DeriveAsync(SharedMemory memory)
    {
        SharedStream<double> celsius = SharedStream<double>.Create(memory, "weather", 16);
        celsius.TryEmit([20, 36, 40]);
        celsius.Close();

        // [derive]
        using DerivedStream<double> fahrenheit = celsius.Map(c => (c * 9 / 5) + 32).Into(memory, "fahrenheit", 16);
        using DerivedStream<double> warnings = fahrenheit.Stream.Where(f => f > 95).Into(memory, "warnings", 16);
        await warnings.Completion;
        // [end]

        celsius = SharedStream<double>.Create(memory, "more", 32);
        celsius.TryEmit([.. Enumerable.Range(1, 20).Select(i => (double)i)]);
        celsius.Close();

        // [chain]
        StreamSource<double> averages = celsius.Select(c => c * 2).Window(10).Select(w => w.Average());
        // [end]
        Console.WriteLine($"warnings {List(warnings.Stream.AsEnumerable())}, averages {List(averages.AsEnumerable())}");
    }

    private static async Task NaturalsAsync(SharedMemory memory)
    {
        // [naturals]
        StreamSource<long> naturals = StreamSources.Generate(0L, n => n + 1);
        using DerivedStream<long> squares = naturals.Select(n => n * n).Into(memory, "squares", 64);
        // [end]
        Console.WriteLine($"squares {List(squares.Stream.Take(5).AsEnumerable())}");
        await squares.DisposeAsync();
    }

    private static async Task AnswerAsync(SharedMemory memory)
    {
        // [future]
        SharedFuture<double> answer = SharedFuture<double>.CreateOrOpen(memory, "answer");
        SharedFuture<double> doubled = answer.Select("doubled", value => 2 * value);
        bool first = answer.TrySet(21);
        Console.WriteLine($"{first}: {await doubled}");
        // [end]
    }

    private static void Depend(SharedMemory memory)
    {
        // [lazy]
        SharedLazy<double> rate = SharedLazy<double>.CreateOrOpen(memory, "rate", () => MeasureRate());
        SharedLazy<double> margin = SharedLazy<double>.Constant(memory, "margin", 0.25);
        SharedLazy<double> price = SharedLazy<double>.Add(memory, "price", rate, margin);
        double before = price.Force();
        rate.Invalidate();
        double after = price.Force();
        // [end]
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"price {before}, then {after}"));
    }

    private static async Task HandOverAsync(SharedMemory memory)
    {
        // [channel]
        SharedChannel<int> jobs = SharedChannel<int>.CreateOrOpen(memory, "jobs", capacity: 0);
        Task handedOver = jobs.SendAsync(42).AsTask();
        int job = await jobs.ReceiveAsync();
        await handedOver;
        // [end]
        Console.WriteLine($"job {job}");
    }

    private static async Task SelectAsync(SharedMemory memory)
    {
        SharedStream<double> celsius = SharedStream<double>.Create(memory, "late", 16);
        SharedFuture<double> answer = SharedFuture<double>.Create(memory, "later");

        // [broadcast]
        SharedBroadcast<double> prices = SharedBroadcast<double>.CreateOrOpen(memory, "prices");
        using BroadcastPublisher<double> publisher = prices.OpenPublisher();
        publisher.Emit(100.25);

        using BroadcastSubscription<double> mine = prices.Subscribe(new SubscriptionOptions
        {
            Policy = SubscriberPolicy.DropOldest,
            History = 10,
        });
        // [end]

        // [select]
        SelectCase<double> reading = celsius.Receiving();
        SelectCase<double> price = mine.Receiving();
        SelectCase<double> result = answer.Completing();
        int first = await SharedSelect.WaitAsync(
            [reading, price, result, SelectCase.After(TimeSpan.FromSeconds(1))]);
        // [end]
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alternative {first}: {price.Value}"));
    }

    private static double MeasureRate() => s_rate += 1;

    private static string List<T>(IEnumerable<T> values) =>
        string.Join(' ', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
