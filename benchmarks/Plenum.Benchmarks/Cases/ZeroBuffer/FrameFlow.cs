using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Receives frames one by one and compares every byte.</summary>
internal struct FrameFlow(ZeroBufferReader reader, FrameSource source) : IFlow
{
    private long _index;

    public int Receive()
    {
        switch (reader.Read(out Frame frame, Buffers.Patience))
        {
            case ReadOutcome.Frame:
                using (frame)
                {
                    return source.Matches(frame.Span, _index++) ? 1 : -1;
                }

            case ReadOutcome.WriterClosed:
                return 0;
            default:
                return -1;
        }
    }
}
