using Plenum.Benchmarks.Cases.ZeroIpc;
using Plenum.Benchmarks.Harness;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>A value over one of several buffered channels; the partner selects over all of them and answers.</summary>
internal sealed class SelectCase(int count) : PairCase(
    $"codata/select-{count}", $"a u64 over one of {count} channels, selected there and answered, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = SharedMemory.Create(name, 4 << 20, new SharedMemoryOptions { MaxEntries = 512 });
        memory.HasForeignPeers = false;
        SharedChannel<ulong>[] there =
            [.. Enumerable.Range(0, count).Select(i => SharedChannel<ulong>.Create(memory, $"c{i}", 4))];
        SharedChannel<ulong> back = SharedChannel<ulong>.Create(memory, "back", 4);
        try
        {
            side.Start(Name, name);
            var round = new Round(there, back);
            Timed timed = RoundTrips.Run(ref round, time);
            Array.ForEach(there, channel => channel.Close());
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.AllocatedBytes,
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0));
        SelectCase<ulong>[] cases =
        [
            .. Enumerable.Range(0, count).Select(i => SharedChannel<ulong>.Open(memory, $"c{i}").Receiving()),
        ];
        SharedChannel<ulong> back = SharedChannel<ulong>.Open(memory, "back");
        side.Ready();
        while (Echo(cases, back))
        {
        }
    }

    private static bool Echo(SelectCase<ulong>[] cases, SharedChannel<ulong> back)
    {
        SelectCase<ulong> chosen = cases[SharedSelect.Wait(cases)];
        return chosen.HasValue && back.Send(chosen.Value, Segments.Patience) == ChannelStatus.Done;
    }

    private readonly struct Round(SharedChannel<ulong>[] there, SharedChannel<ulong> back) : IRound
    {
        public bool Go(long index) =>
            there[index % there.Length].Send((ulong)index, Segments.Patience) == ChannelStatus.Done
            && back.Receive(out ulong answer, Segments.Patience) == ChannelStatus.Done && answer == (ulong)index;
    }
}
