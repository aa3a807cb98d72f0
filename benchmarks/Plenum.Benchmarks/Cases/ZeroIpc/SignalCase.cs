using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>A change of one signal answered by a change of another.</summary>
internal sealed class SignalCase(bool asleep) : PairCase(
    asleep ? "zeroipc/signal-asleep" : "zeroipc/signal",
    asleep ? "a signal's change answered by another's, both sides asleep" : "a signal's change answered by another's")
{
    // Asleep: nobody spins, so every wait is one in the kernel.
    private readonly WaitStrategy _strategy = asleep ? WaitStrategy.PowerSaving : WaitStrategy.Balanced;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        double before = asleep ? FutexRound.Median(side, time / 2) : 0;
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name, _strategy);
        SharedSignal<ulong> ping = SharedSignal<ulong>.Create(memory, "ping", 0);
        SharedSignal<ulong> pong = SharedSignal<ulong>.Create(memory, "pong", 0);
        try
        {
            side.Start(Name, name);
            var round = new Round(ping, pong);
            Timed timed = RoundTrips.Run(ref round, time);
            ping.Set(ulong.MaxValue);
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.AllocatedBytes,
                Reference = asleep ? "raw futex round trip" : string.Empty,
                ReferenceNanoseconds = asleep ? (before + FutexRound.Median(side, time / 2)) / 2 : 0,
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0), _strategy);
        SharedSignal<ulong> ping = SharedSignal<ulong>.Open(memory, "ping");
        SharedSignal<ulong> pong = SharedSignal<ulong>.Open(memory, "pong");
        side.Ready();
        ulong version = 0;
        while (true)
        {
            SignalReading<ulong> reading = Await(ping, version);
            version = reading.Version;
            if (reading.Value == ulong.MaxValue)
            {
                return;
            }

            if (reading.Value != 0)
            {
                pong.Set(reading.Value);
            }
        }
    }

    private static SignalReading<ulong> Await(SharedSignal<ulong> signal, ulong version) =>
        signal.WaitForChange(version, Segments.Patience, out SignalReading<ulong> reading)
            ? reading
            : throw new TimeoutException("the signal did not change");

    private struct Round(SharedSignal<ulong> ping, SharedSignal<ulong> pong) : IRound
    {
        private ulong _version = pong.Version;

        public bool Go(long index)
        {
            ping.Set((ulong)index + 1);
            SignalReading<ulong> answer = Await(pong, _version);
            _version = answer.Version;
            return answer.Value == (ulong)index + 1;
        }
    }
}
