using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Many elements with one claim.</content>
internal partial struct StackSlots<T>
{
    internal int TryPush(ReadOnlySpan<T> items)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            RequireTop(top);
            int count = Run(top + 1, 1, Math.Min(items.Length, _capacity - 1 - top), StackHeader.Empty);
            if (count <= 1)
            {
                return items.Length > 0 && TryPush(items[0]) ? 1 : 0;
            }

            SharedUInt64Pair step = _pushing.Begin(ref _near, (uint)(top + 1), (uint)count - 1);

            // CLAIM 'count' indexes above the top.
            int found = _top.CompareExchange(top + count, top);
            if (found == top)
            {
                _pushing.Hold(step);
                int done = 0;
                for (uint slot = (uint)(top + 1); slot <= (uint)(top + count); slot++)
                {
                    if (TryTake(slot, StackHeader.Empty, step, alone: false) == Take.Done)
                    {
                        Store(At(slot), slot, items[done++]);
                    }
                }

                StepClaims.End(step);
                return done;
            }

            StepClaims.End(step);
            top = found;
        }
    }

    internal int TryPop(Span<T> items)
    {
        int top = _top.ReadAcquire();
        while (true)
        {
            RequireTop(top);
            int count = Run(top, -1, Math.Min(items.Length, top + 1), StackHeader.Ready);
            if (count <= 1)
            {
                return items.Length > 0 && TryPop(out items[0]) ? 1 : 0;
            }

            SharedUInt64Pair step = _popping.Begin(ref _near, (uint)(top - count + 1), (uint)count - 1);

            // CLAIM the topmost 'count' elements.
            int found = _top.CompareExchange(top - count, top);
            if (found == top)
            {
                _popping.Hold(step);
                int done = 0;
                for (int i = top; i > top - count; i--)
                {
                    if (TryTake((uint)i, StackHeader.Ready, step, alone: false) == Take.Done)
                    {
                        items[done++] = Load(At((uint)i), (uint)i);
                    }
                }

                StepClaims.End(step);
                return done;
            }

            StepClaims.End(step);
            top = found;
        }
    }

    private readonly int Run(int first, int step, int wanted, uint state)
    {
        int run = 0;
        while (run < wanted && At((uint)(first + (run * step))).ReadAcquire() == state)
        {
            run++;
        }

        return run;
    }
}
