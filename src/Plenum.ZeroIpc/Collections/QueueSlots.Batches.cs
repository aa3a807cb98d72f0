using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Many elements with one claim.</content>
/// <remarks>One owner record states the whole run. The sequences are published last to first: whoever looks at the
/// first one finds the whole run, so that runs stay as long as they were put in and each side fetches a line of
/// sequences once. Worth: see "Between two processes" in docs/performance.md.</remarks>
internal partial struct QueueSlots<T>
{
    internal int TryEnqueue(ReadOnlySpan<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint tail = _hints.Tail;
        while (wanted > 0)
        {
            int free = Run(tail, tail, wanted, out uint seen);
            if (free > 0)
            {
                SharedUInt64Pair step = _adding.Begin(ref _near, tail, (uint)free - 1);

                // CLAIM 'free' tickets from 'tail' on.
                uint found = _tail.CompareExchange(tail + (uint)free, tail);
                if (found == tail)
                {
                    _adding.Hold(step);
                    _hints.Tail = tail + (uint)free;
                    StepHook.At("queue-batch-add-held");
                    CopyIn(tail, items[..free]);
                    StepClaims.End(step);
                    return free;
                }

                StepClaims.End(step);
                tail = found;
            }
            else if (!IsWorthARetry(adding: true, seen, ref tail))
            {
                break;
            }
        }

        return 0;
    }

    internal int TryDequeue(Span<T> items)
    {
        int wanted = (int)Math.Min((uint)items.Length, _capacity);
        uint head = _hints.Head;
        while (wanted > 0)
        {
            int ready = Run(head, head + 1, wanted, out uint seen);
            if (ready > 0)
            {
                SharedUInt64Pair step = _taking.Begin(ref _near, head, (uint)ready - 1);

                // CLAIM 'ready' tickets from 'head' on.
                uint found = _head.CompareExchange(head + (uint)ready, head);
                if (found == head)
                {
                    _taking.Hold(step);
                    _hints.Head = head + (uint)ready;
                    StepHook.At("queue-batch-take-held");
                    CopyOut(head, items[..ready]);
                    StepClaims.End(step);
                    return ready;
                }

                StepClaims.End(step);
                head = found;
            }
            else if (!IsWorthARetry(adding: false, seen, ref head))
            {
                break;
            }
        }

        return 0;
    }

    private readonly void CopyOut(uint head, Span<T> items)
    {
        ReadOnlySpan<T> data = _data.AsSpan();
        int first = (int)(head & _mask);
        int part = Math.Min(items.Length, (int)_capacity - first);
        data.Slice(first, part).CopyTo(items);
        data[..(items.Length - part)].CopyTo(items[part..]);

        // Last to first: a producer that looks at the first slot finds all of them free, and claims them together.
        for (uint i = (uint)items.Length; i-- > 0;)
        {
            // PUBLISH [queue-free] All elements were copied out before the first slot is free.
            _sequences[head + i].WriteRelease(head + i + _capacity);
            StepHook.At("queue-batch-take-freed");
        }
    }

    private readonly void CopyIn(uint tail, ReadOnlySpan<T> items)
    {
        Span<T> data = _data.AsSpan();
        int first = (int)(tail & _mask);
        int part = Math.Min(items.Length, (int)_capacity - first);
        items[..part].CopyTo(data[first..]);
        items[part..].CopyTo(data);

        // Last to first: a consumer that looks at the first slot finds all of them filled, and takes them together.
        for (uint i = (uint)items.Length; i-- > 0;)
        {
            // PUBLISH [queue-item] All elements were stored before the first sequence.
            _sequences[tail + i].WriteRelease(tail + i + 1);
            StepHook.At("queue-batch-add-published");
        }
    }

    // How many sequences in a row, from a ticket on, have the expected value; 'seen' is the first one that has not.
    private readonly int Run(uint ticket, uint expected, int wanted, out uint seen)
    {
        int run = 0;
        do
        {
            seen = _sequences[ticket + (uint)run].ReadAcquire();
        }
        while (seen == expected + (uint)run && ++run < wanted);
        return run;
    }
}
