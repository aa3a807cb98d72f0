using Plenum.Benchmarks.Cases.Codata;
using Plenum.Benchmarks.Cases.Duplex;
using Plenum.Benchmarks.Cases.Field;
using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Cases.Scaling;
using Plenum.Benchmarks.Cases.Void;
using Plenum.Benchmarks.Cases.ZeroBuffer;
using Plenum.Benchmarks.Cases.ZeroIpc;

namespace Plenum.Benchmarks.Harness;

/// <summary>Everything that can be measured between two processes.</summary>
internal static class CaseCatalog
{
    private static readonly PairCase[] s_cases =
    [
        new RulerCase(), new FutexCase(), new SlotRingCase(),
        .. ZeroBufferCases(),
        .. DuplexCases(),
        .. ZeroIpcCases(),
        .. CodataCases.All,
        .. VoidCases(),
        .. ScalingCases(),
        new UnixSocketCase(spinning: false), new UnixSocketCase(spinning: true), new NamedPipeCase(),
        new InProcessChannelCase(),
        .. ForeignCases(),
        .. GStreamerCase.IsInstalled ? [new GStreamerCase()] : Array.Empty<PairCase>(),
    ];

    internal static IReadOnlyList<PairCase> All => s_cases;

    internal static PairCase Find(string name) =>
        s_cases.FirstOrDefault(one => one.Name == name)
        ?? throw new ArgumentException($"there is no case '{name}'; 'list' prints them", nameof(name));

    /// <summary>The cases whose name starts with one of the words, in catalogue order; all without words.</summary>
    internal static IReadOnlyList<PairCase> Matching(IReadOnlyCollection<string> words) =>
        words.Count == 0 ? s_cases : [.. s_cases.Where(one =>
            words.Any(word => one.Name.StartsWith(word, StringComparison.Ordinal)))];

    private static IEnumerable<PairCase> ZeroBufferCases() =>
    [
        new PingPongCase(64), new PingPongCase(1024), new PingPongCase(65536),
        new OneWayCase(64), new OneWayCase(1024), new OneWayCase(65536), new OneWayCase(1 << 20),
        new LargeCopyCase(6 << 20, 3), new LargeCopyCase(6 << 20, 16),
        new BatchCase(64), new BatchCase(1024),
        new LargeFrameCase(slots: 2), new LargeFrameCase(slots: 4), new LargeFrameCase(slots: 16),
        new AsleepCase(awaited: false), new AsleepCase(awaited: true), new IdleCase(),
    ];

    private static IEnumerable<PairCase> DuplexCases() =>
        new[] { 64, 65536, 6 << 20 }.SelectMany(size => new PairCase[]
        {
            new DuplexCase(inPlace: false, size), new DuplexCase(inPlace: true, size), new SocketDuplexCase(size),
        });

    private static IEnumerable<PairCase> ZeroIpcCases() =>
    [
        new ChannelPingPongCase(capacity: 64), new ChannelPingPongCase(capacity: 0),
        new QueuePingPongCase(asleep: false), new QueuePingPongCase(asleep: true), new QueueOneWayCase(batch: 1),
        new QueueOneWayCase(batch: 64), new BarrierCase(),
        new MutexHandOverCase(), new SignalCase(asleep: false), new SignalCase(asleep: true),
        new QueueIdleCase(foreign: false), new QueueIdleCase(foreign: true),
    ];

    private static IEnumerable<PairCase> ScalingCases() =>
    [
        .. new[] { 16, 256, 4096, 16 << 20, 256 << 20 }.Select(size => new OneWayCase(size)),
        .. new[] { 1, 2, 8, 32 }.Select(readers => new VoidReadersCase(readers)),
        .. new[] { 1, 16, 256, 1024 }.Select(entries => new TableEntriesCase(entries)),
        .. new[] { 1, 8, 128, 1000, 4000 }.Select(awaits => new AwaitsCase(awaits, segments: false)),
        .. new[] { 1, 10, 100, 1000 }.Select(awaits => new AwaitsCase(awaits, segments: true)),
        .. new[] { 1, 2, 4, 16, 64 }.Select(processes => new CrowdCase(CrowdCase.Queue, processes)),
        .. new[] { 1, 2, 4, 16, 64 }.Select(processes => new CrowdCase(CrowdCase.Mutex, processes)),
        new FirstLapCase(prefault: true), new FirstLapCase(prefault: false),
    ];

    private static IEnumerable<PairCase> ForeignCases() => ForeignProgramCase.IsBuilt
        ?
        [
            new ForeignProgramCase("boost", "Boost message_queue, 64 B there and back, spinning"),
            new ForeignProgramCase("zmq", "ZeroMQ PAIR over ipc, 64 B there and back"),
            new ForeignProgramCase("iceoryx", "iceoryx v1, 64 B there and back, polling", "iox-roudi"),
        ]
        : [];

    private static IEnumerable<PairCase> VoidCases() =>
    [
        .. new[] { 8, 512, 65536 }.SelectMany(floats => new PairCase[]
        {
            new VoidWriteCase(floats, second: false), new VoidWriteCase(floats, second: true),
            new VoidAttachedCase(floats, eachCopy: true), new VoidAttachedCase(floats, eachCopy: false),
            new VoidStrictCase(floats),
        }),
        new VoidWakeCase(),
        .. new[] { 8, 512, 65536, 1 << 20 }.SelectMany(floats => new PairCase[]
        {
            new VoidTornCase(floats, verified: true), new VoidTornCase(floats, verified: false),
        }),
    ];
}
