using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The thread that reads answers while asynchronous calls wait and no synchronous caller does it; started by
/// the first one.</summary>
internal sealed class AnswerPump
{
    private readonly Func<ClientLink?> _link;
    private readonly ManualResetEventSlim _signal;
    private readonly Thread _thread;
    private int _demand;
    private bool _stopped;

    internal AnswerPump(string channel, Func<ClientLink?> link, ManualResetEventSlim signal)
    {
        _link = link;
        _signal = signal;
        _thread = new Thread(Run) { IsBackground = true, Name = "duplex answers " + channel };
        _thread.Start();
    }

    internal void Add()
    {
        if (Interlocked.Increment(ref _demand) == 1)
        {
            _signal.Set();
        }
    }

    internal void Remove() => Interlocked.Decrement(ref _demand);

    internal void Stop()
    {
        Volatile.Write(ref _stopped, true);
        _signal.Set();
        if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stopped))
        {
            _signal.Reset();
            if (Volatile.Read(ref _demand) == 0)
            {
                _signal.Wait();
                continue;
            }

            try
            {
                Turn();
            }
            catch (Exception)
            {
                // The link is lost and every call has ended with the reason; the next call connects anew.
            }
        }
    }

    private void Turn()
    {
        long now = MonotonicClock.Nanoseconds;
        if (_link() is not { IsLost: false } link)
        {
            _signal.Wait(1);
            return;
        }

        long limit = link.Expire(now) - now;
        if (link.TryLead())
        {
            try
            {
                link.Pump(limit, CancellationToken.None);
            }
            finally
            {
                link.EndLead();
            }

            return;
        }

        link.AddFollower();
        try
        {
            if (link.IsLed)
            {
                _signal.Wait(Math.Max(1, (int)(limit / 1_000_000)));
            }
        }
        finally
        {
            link.RemoveFollower();
        }
    }
}
