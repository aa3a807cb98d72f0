using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Large frames copied from the writer's memory by <see cref="ZeroBufferWriter"/>, beside the same frames
/// copied into reservations by the BCL, in turn; every byte compared.</summary>
internal sealed class LargeCopyCase(int sizeBytes, int slots) : PairCase(
    $"zerobuffer/copy-{sizeBytes}-{slots}",
    $"{sizeBytes} B frames copied from private memory, {slots} in the ring")
{
    private const int Turns = 8;
    private readonly int _turnFrames = Math.Max(1, (96 << 20) / sizeBytes);

    internal override int WarmUps => 1;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("copy");
        using var reader = ZeroBufferReader.Create(name, Options());
        side.Start(Name, name);
        var source = new FrameSource(sizeBytes);
        Span<double> nanoseconds = [0, 0];
        bool right = true;
        long index = 0;
        for (int turn = 0; turn < 2 * Turns; turn++)
        {
            long start = MonotonicClock.Nanoseconds;
            for (int i = 0; i < _turnFrames; i++)
            {
                right &= reader.Read(out Frame frame, Buffers.Patience) == ReadOutcome.Frame;
                using (frame)
                {
                    right &= source.Matches(frame.Span, index++);
                }
            }

            nanoseconds[turn % 2] += MonotonicClock.Nanoseconds - start;
        }

        PartnerReport report = side.Finish();
        return new CaseOutcome
        {
            Operations = index / 2,
            Seconds = nanoseconds[0] / 1e9,
            Verified = right && report.Right,
            BytesPerOperation = sizeBytes,
            Reference = "copied by the BCL",
            ReferenceNanoseconds = nanoseconds[1] * 2 / index,
        };
    }

    internal override void Partner(PartnerSide side)
    {
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(side.Text(0), Buffers.Patience, Options());
        byte[] image = new byte[sizeBytes + 256];
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = (byte)i;
        }

        side.Ready();
        for (int index = 0; index < 2 * Turns * _turnFrames; index++)
        {
            ReadOnlySpan<byte> frame = image.AsSpan(index % 256, sizeBytes);
            if (index / _turnFrames % 2 == 0)
            {
                writer.Write(frame);
            }
            else
            {
                using FrameReservation room = writer.Reserve(sizeBytes);
                frame.CopyTo(room.Span);
                room.Commit();
            }
        }
    }

    private ZeroBufferOptions Options() => Buffers.Options(slots * (sizeBytes + 16L));
}
