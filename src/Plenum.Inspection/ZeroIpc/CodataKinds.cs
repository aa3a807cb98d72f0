using System.Globalization;
using System.Text;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises futures and lazies (spec zeroipc 2.8, 2.9) and the event counter Stream&lt;void&gt;
/// (2.10).</summary>
internal static class CodataKinds
{
    private const int ErrorBytes = 256;
    private const int StampBytes = 16;
    private const int MaxValueBytes = 256;

    // A millisecond after the boot in C++'s nanoseconds, a second after 1970 in Python's microseconds.
    private const ulong FirstPlausibleTime = 1_000_000;

    private static readonly string[] s_futureStates = ["pending", "computing", "ready", "error"];
    private static readonly string[] s_lazyStates = ["not computed", "computing", "computed", "error"];
    private static readonly string[] s_operations = ["constant", "add", "multiply", "negate", "chain", "external"];

    internal static IEnumerable<KindMatch> Match(EntryView view)
    {
        if (MatchFuture(view) is { } future)
        {
            yield return future;
        }

        if (MatchLazy(view) is { } lazy)
        {
            yield return lazy;
        }

        if (MatchPythonLazy(view) is { } python)
        {
            yield return python;
        }

        if (view.SizeBytes == 16 && MatchSmall(view) is { } small)
        {
            yield return small;
        }

        if (view.SizeBytes == 16 && view.U8(8) <= 1 && view.IsZero(9, 7) && view.U64(0) <= uint.MaxValue)
        {
            yield return new KindMatch("stream", 1, "a count of events and a closed flag (Stream<void>)")
            {
                Fields = [KindFields.U64(view, "count", 0, "events"), KindFields.U8(view, "closed", 8)],
            };
        }
    }

    /// <summary>Where lazies keep what, for an element of a size and alignment; total size last.</summary>
    internal static (int Operation, int Operands, int Cached, int Error, int Count, int Total) LazyLayout(
        int size, int align)
    {
        int a = Math.Max(4, align);
        int operation = Up(4, a);
        int operands = operation + a;
        int cached = Up(operands + Up(Math.Max(2 * size, 8), a), align);
        int error = cached + size;
        int count = Up(error + ErrorBytes, 4);
        return (operation, operands, cached, error, count, Up(count + 4, a));
    }

    private static int Up(int value, int alignment) => (int)KindFields.AlignUp(value, alignment);

    private static KindMatch? MatchFuture(EntryView view)
    {
        uint state = view.U32(0);
        ulong time = view.U64(8);
        long room = view.SizeBytes - 272;
        if (room is < 1 or > MaxValueBytes || state > 3 || view.U32(4) > 1_000_000)
        {
            return null;
        }

        long error = 16 + room;
        bool finished = state >= 2;

        // The value may be up to 7 bytes shorter than the room (C++ rounds the size up), so the text may start earlier.
        bool quiet = view.IsZero(error, ErrorBytes - 8);
        bool plausible = finished ? time >= FirstPlausibleTime && (state == 3 || quiet) : time == 0 && quiet;
        if (!plausible || (state == 0 && !view.IsZero(16, view.SizeBytes - 16)))
        {
            return null;
        }

        string? text = state == 3 ? FindText(view, Math.Max(17, error - 7), error) : null;
        if (state == 3 && text is null)
        {
            return null;
        }

        return new KindMatch("future", finished ? 3 : 2, string.Create(CultureInfo.InvariantCulture,
            $"272 bytes and a value of up to {room}, state {s_futureStates[state]}"))
        {
            Fields =
            [
                KindFields.State(view, 0, s_futureStates), KindFields.U32(view, "waiters", 4),
                KindFields.U64(view, "completion_time", 8, "C++: monotonic ns; Python: µs since 1970"),
                .. text is null ? Array.Empty<FieldDescription>() : [KindFields.Derived("error", text)],
            ],
        };
    }

    private static KindMatch? MatchLazy(EntryView view)
    {
        uint state = view.U32(0);
        if (state > 3 || view.SizeBytes < 280)
        {
            return null;
        }

        foreach ((int size, int align) in (
            ReadOnlySpan<(int, int)>)[(4, 4), (8, 8), (1, 1), (2, 2), (12, 4), (16, 8), (16, 4), (24, 8)])
        {
            (int operation, int operands, int cached, int error, int count, int total) = LazyLayout(size, align);
            uint op = view.U32(operation);
            if (total != view.SizeBytes || op > 5 || view.U32(count) > 1_000_000)
            {
                continue;
            }

            // Kinds that only Plenum computes keep a stamp of their sources behind a shorter text.
            int room = op >= 4 ? ErrorBytes - StampBytes : ErrorBytes;
            string? text = state == 3 ? FindText(view, error, error, room) : null;
            bool errorFits = state == 3 ? text is not null : view.IsZero(error, room);
            bool constant = op == 0 && state == 2;
            byte[] operand = view.Bytes(operands, size);
            if (!errorFits || (constant && !operand.AsSpan().SequenceEqual(view.Bytes(cached, size)))
                || (state == 0 && op == 0 && !view.IsZero(count, 4) && view.U32(count) == 0))
            {
                continue;
            }

            bool strong = op != 0 || state == 3 || (constant && operand.AsSpan().ContainsAnyExcept((byte)0));
            return new KindMatch("lazy", strong ? 3 : 2, string.Create(CultureInfo.InvariantCulture,
                $"the size of a lazy of {size}-byte values, operation {s_operations[op]}, {s_lazyStates[state]}"))
            {
                Layout = "cpp",
                Fields =
                [
                    KindFields.State(view, 0, s_lazyStates),
                        KindFields.U32(view, "operation", operation, s_operations[op]),
                    KindFields.U32(view, "compute_count", count),
                    .. text is null ? Array.Empty<FieldDescription>() : [KindFields.Derived("error", text)],
                ],
            };
        }

        return null;
    }

    private static KindMatch? MatchPythonLazy(EntryView view)
    {
        uint state = view.U32(0);
        long size = view.SizeBytes - 260;
        if (size is not (1 or 2 or 4 or 8) || state is 1 or > 3)
        {
            return null;
        }

        string? text = state == 3 ? FindText(view, 4 + size, 4 + size) : null;
        if (state == 3 ? text is null : !view.IsZero(4 + size, ErrorBytes))
        {
            return null;
        }

        return new KindMatch("lazy", 2, string.Create(CultureInfo.InvariantCulture, $"260 bytes and a value of {size}"))
        {
            Layout = "python",
            Fields =
            [
                KindFields.State(view, 0, s_lazyStates),
                .. text is null ? Array.Empty<FieldDescription>() : [KindFields.Derived("error", text)],
            ],
        };
    }

    // Lazy<bool>: state, operation, two operands, the cached value (spec 2.9).
    private static KindMatch? MatchSmall(EntryView view)
    {
        uint state = view.U32(0);
        uint op = view.U32(4);
        bool fits = state <= 2 && op <= 4 && view.U8(8) <= 1 && view.U8(9) <= 1 && view.IsZero(10, 2)
            && view.U8(12) <= 1 && view.IsZero(13, 3) && (state != 2 || op != 0 || view.U8(8) == view.U8(12));
        return fits
            ? new KindMatch("lazy", 1, "16 bytes that fit a lazy of bool")
            {
                Layout = "cpp",
                Fields = [KindFields.State(view, 0, s_lazyStates), KindFields.U32(view, "operation", 4)],
            }
            : null;
    }

    // A NUL-terminated printable text that starts at one of a few offsets and is zero behind its end.
    private static string? FindText(EntryView view, long from, long to, int room = ErrorBytes)
    {
        for (long start = from; start <= to; start++)
        {
            byte[] bytes = view.Bytes(start, room);
            int end = Array.IndexOf(bytes, (byte)0);
            if (end > 0 && (start == from || view.U8(start - 1) == 0)
                && !bytes.AsSpan(0, end).ContainsAnyExceptInRange((byte)0x20, (byte)0xF4)
                && !bytes.AsSpan(end).ContainsAnyExcept((byte)0))
            {
                return Encoding.UTF8.GetString(bytes, 0, end);
            }
        }

        return null;
    }
}
