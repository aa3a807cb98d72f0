using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One request in the server's hands: validated, taken, answered in its own memory.</summary>
/// <param name="Memory">The generation; held while the request is open.</param>
/// <param name="Frame">Payload offset of its header.</param>
/// <param name="Capacity">Bytes of data there is room for.</param>
/// <param name="Size">Bytes of the request.</param>
/// <param name="Sequence">Its number.</param>
internal readonly record struct InPlaceRequest(InPlaceMemory Memory, long Frame, int Capacity, int Size, ulong Sequence)
{
    /// <summary>Takes the frame that the queue names.</summary>
    /// <param name="memory">The generation.</param>
    /// <param name="frame">The queue's entry.</param>
    /// <param name="request">The request.</param>
    /// <returns>False when the client has withdrawn it.</returns>
    /// <exception cref="SegmentCorruptedException">The entry or the header cannot be right.</exception>
    internal static bool TryTake(InPlaceMemory memory, ulong frame, out InPlaceRequest request)
    {
        long payload = memory.Layout.PayloadSizeBytes;
        const int header = InPlaceFrameHeader.SizeBytes;
        if (frame % header != 0 || frame > (ulong)(payload - header))
        {
            throw Corrupted(memory, "queue entry", frame, $"multiples of 64 up to {payload - header} are possible");
        }

        var at = (long)frame;
        ulong capacity = memory.FrameField(at, 0).ReadAcquire();
        ulong sequence = memory.FrameField(at, InPlaceFrameHeader.SequenceOffset).ReadAcquire();
        ulong size = memory.FrameField(at, InPlaceFrameHeader.SizeOffset).ReadAcquire();
        if (capacity > (ulong)Math.Min(payload - header - at, int.MaxValue))
        {
            throw Corrupted(memory, "capacity", capacity, $"{payload - header - at} bytes follow the header");
        }

        if (size > capacity)
        {
            throw Corrupted(memory, "size", size, $"the capacity is {capacity}");
        }

        request = new InPlaceRequest(memory, at, (int)capacity, (int)size, sequence);
        return request.TryClaim();
    }

    /// <summary>Runs the handler on the request's own memory and answers.</summary>
    /// <returns>The handler's exception; null when it succeeded.</returns>
    internal Exception? Handle(InPlaceHandler handler)
    {
        Exception? error = null;
        uint state = InPlaceFrameHeader.StateAnswered;
        Span<byte> data = Memory.FrameData(Frame, Capacity);
        int size;
        try
        {
            size = RequestHandlers.RequireSize(handler(data, Size), Capacity);
        }
        catch (Exception e)
        {
            // A boundary: the handler's failure becomes an error answer, and the server lives on.
            error = e;
            state = InPlaceFrameHeader.StateFailed;
            byte[] text = DuplexWire.ErrorText(e);
            size = Math.Min(text.Length, data.Length);
            text.AsSpan(0, size).CopyTo(data);
        }

        Answer((ulong)size, state);
        return error;
    }

    private bool TryClaim()
    {
        SharedUInt32 word = Memory.FrameState(Frame);
        while (true)
        {
            uint found = word.ReadAcquire();
            uint state = found & ~InPlaceFrameHeader.SleeperFlag;
            if (state == InPlaceFrameHeader.StateWithdrawn)
            {
                Memory.AnsweredCount.Increment();
                StepHook.At("in-place-pass.counted");
                word.Exchange(InPlaceFrameHeader.StateAnswered);
                StepHook.At("in-place-pass.state");
                return false;
            }

            if (state != InPlaceFrameHeader.StateRequest)
            {
                throw Corrupted(Memory, "state", found, "1 (request) or 5 (withdrawn) is possible in the queue");
            }

            // CLAIM [in-place-frame] Taken by the server or withdrawn by the client, not both.
            if (word.CompareExchange(
                InPlaceFrameHeader.StateTaken | (found & InPlaceFrameHeader.SleeperFlag), found) == found)
            {
                StepHook.At("in-place-take.claimed");
                return true;
            }
        }
    }

    private void Answer(ulong size, uint state)
    {
        StepHook.At("in-place-answer.handled");

        // PLAIN published by the state below.
        Memory.FrameField(Frame, InPlaceFrameHeader.SizeOffset).WriteOwned(size);
        StepHook.At("in-place-answer.size");
        Memory.AnsweredCount.Increment();
        StepHook.At("in-place-answer.counted");
        SharedUInt32 word = Memory.FrameState(Frame);

        // PUBLISH [in-place-answer] The exchange makes size and data visible before the state, and orders it before the
        //   look at the sleeper, which it returns. Weaker: the client reads half an answer, or sleeps on after it.
        uint before = word.Exchange(state);
        StepHook.At("in-place-answer.state");
        if ((before & InPlaceFrameHeader.SleeperFlag) != 0)
        {
            SharedFutex.WakeAll(word);
            StepHook.At("in-place-answer.woken");
        }
    }

    private static SegmentCorruptedException Corrupted(InPlaceMemory memory, string field, ulong value,
        string expected) => new(
        $"Could not read request from '{memory.Name}': {field} is {value}; {expected}. The client is faulty; it was "
        + "dropped.",
        "read request",
        memory.Name,
        field,
        value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
