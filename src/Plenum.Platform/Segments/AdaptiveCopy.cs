using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Plenum.Platform;

/// <summary>Copies into shared memory. Large blocks go the way that is faster here and now: through the caches, or past
/// them.</summary>
/// <remarks>
/// <para>An ordinary copy first fetches each cache line it overwrites, from the processor that read it last. Where both
/// share a cache that costs nothing; where they do not, or the block does not fit, it takes most of the time.
/// Non-temporal stores fetch nothing, but leave the block in memory, where the reader must get it from. Which one is
/// better depends on processors that the operating system may change at any time, so large copies are timed, and now
/// and then the other way is tried.</para>
/// <para>Worth: docs/performance.md, "Large copies". Non-temporal stores exist here for x86 processors with AVX;
/// elsewhere every copy is an ordinary one.</para>
/// <para>Not thread-safe: one object for each writer. Allocates nothing, never blocks.</para>
/// </remarks>
public sealed unsafe class AdaptiveCopy
{
    /// <summary>The size in bytes from which on a copy is timed and may go past the caches: 4 MiB.</summary>
    public const int MinimumBytes = 4 << 20;

    private const int LineBytes = 64;

    // The other way is tried for so many copies in a row, because the first ones still find the ring as this way left
    // it; of both ways the best of the last ones counts.
    private const int TrialCopies = 8;
    private const int TimedCopies = 4;
    private const int FirstInterval = 128;
    private const int LongestInterval = 2048;

    // The reader pays for part of what the writer saves: what went past the caches comes from memory.
    private const double Gain = 1.3;
    private const double Hysteresis = 0.8;

    private readonly bool _maySkipCaches;
    private double _known = double.MaxValue;
    private double _tried = double.MaxValue;
    private int _interval = FirstInterval;
    private int _left = TrialCopies;
    private bool _isTrial;

    /// <summary>Makes one that starts with ordinary copies.</summary>
    public AdaptiveCopy()
        : this(Avx.IsSupported)
    {
    }

    internal AdaptiveCopy(bool maySkipCaches) => _maySkipCaches = maySkipCaches;

    /// <summary>Whether large copies go past the caches at present.</summary>
    public bool SkipsCaches { get; private set; }

    /// <summary>Copies all of a block to the beginning of another.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="source">What to copy. May overlap the destination.</param>
    /// <param name="destination">Where to; at least as long.</param>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    /// <remarks>A publishing store that follows makes the copy visible, whichever way it went.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Copy<T>(ReadOnlySpan<T> source, Span<T> destination)
        where T : unmanaged
    {
        if ((long)source.Length * sizeof(T) < MinimumBytes || !_maySkipCaches)
        {
            source.CopyTo(destination);
        }
        else
        {
            CopyLarge(source, destination);
        }
    }

    /// <summary>Copies all of a sequence to the beginning of a block.</summary>
    /// <param name="source">What to copy. May overlap the destination.</param>
    /// <param name="destination">Where to; at least as long.</param>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Copy(in ReadOnlySequence<byte> source, Span<byte> destination)
    {
        foreach (ReadOnlyMemory<byte> part in source)
        {
            Copy(part.Span, destination);
            destination = destination[part.Length..];
        }
    }

    /// <summary>Whether the next large copy goes past the caches: as decided, or the other way as a trial.</summary>
    internal bool Next()
    {
        if (_left == 0)
        {
            if (_isTrial)
            {
                Decide();
                _left = _interval;
            }
            else
            {
                _left = TrialCopies;
                _tried = double.MaxValue;
            }

            _isTrial = !_isTrial;
        }

        return SkipsCaches != _isTrial;
    }

    /// <summary>Takes the copy that <see cref="Next"/> was asked about into account.</summary>
    internal void Learn(double nanosecondsPerByte)
    {
        if (--_left < TimedCopies)
        {
            ref double best = ref _isTrial ? ref _tried : ref _known;
            best = Math.Min(best, nanosecondsPerByte);
        }
    }

    private void Decide()
    {
        bool change = SkipsCaches ? _tried < _known * Gain * Hysteresis : _tried * Gain < _known;
        SkipsCaches ^= change;
        _interval = change ? FirstInterval : Math.Min(_interval * 2, LongestInterval);
        _known = double.MaxValue;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CopyLarge<T>(ReadOnlySpan<T> source, Span<T> destination)
        where T : unmanaged
    {
        ReadOnlySpan<byte> from = MemoryMarshal.AsBytes(source);
        Span<byte> to = MemoryMarshal.AsBytes(destination);
        bool stream = Next() && to.Length >= from.Length && !from.Overlaps(to);
        long start = Stopwatch.GetTimestamp();
        if (stream)
        {
            fixed (byte* first = from, target = to)
            {
                Stream(first, target, from.Length);
            }
        }
        else
        {
            from.CopyTo(to);
        }

        Learn(Stopwatch.GetElapsedTime(start).TotalNanoseconds / from.Length);
    }

    // Whole lines past the caches: half a line would be fetched after all.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stream(byte* from, byte* to, long bytes)
    {
        // FENCE what was stored before (a mark "being written") is visible before the first byte: non-temporal stores
        //   overtake ordinary ones. Without it a snapshot takes new bytes for old ones.
        Sse.StoreFence();
        long head = -(long)to & (LineBytes - 1);
        Buffer.MemoryCopy(from, to, bytes, head);
        from += head;
        to += head;
        long body = (bytes - head) & ~(2L * LineBytes - 1);
        for (byte* end = from + body; from < end; from += 2 * LineBytes, to += 2 * LineBytes)
        {
            Avx.StoreAlignedNonTemporal(to, Avx.LoadVector256(from));
            Avx.StoreAlignedNonTemporal(to + 32, Avx.LoadVector256(from + 32));
            Avx.StoreAlignedNonTemporal(to + 64, Avx.LoadVector256(from + 64));
            Avx.StoreAlignedNonTemporal(to + 96, Avx.LoadVector256(from + 96));
        }

        long tail = bytes - head - body;
        Buffer.MemoryCopy(from, to, tail, tail);

        // FENCE non-temporal stores become visible in any order; the caller's publishing store must come after them,
        //   for whoever loads it with acquire. Without it a reader finds the new position and old bytes.
        Sse.StoreFence();
    }
}
