using System.Diagnostics;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>What the command line of an operation says.</summary>
internal sealed class OperationArguments
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Kind, operation, segment and name, for messages.</summary>
    internal required string What { get; init; }

    internal required CommandContext Context { get; init; }

    internal required SharedMemory Memory { get; init; }

    internal required string Name { get; init; }

    internal required IReadOnlyList<string> Values { get; init; }

    /// <summary>The element type, or the types of key and value.</summary>
    internal required IReadOnlyList<ElementType> Types { get; init; }

    internal int Capacity { get; init; }

    internal long CapacityBytes { get; init; }

    internal long Index { get; init; }

    internal long Count { get; init; }

    internal int Maximum { get; init; }

    internal int Participants { get; init; }

    internal long SizeBytes { get; init; }

    internal string Mode { get; init; } = "auto";

    internal string? Range { get; init; }

    /// <summary>Whether --timeout stands on the command line.</summary>
    internal bool HasTimeout { get; init; }

    /// <summary>How long the operation may block; zero: not at all.</summary>
    internal TimeSpan Timeout { get; init; }

    /// <summary>What the options of streams and broadcasts say.</summary>
    internal required StreamArguments Stream { get; init; }

    internal CancellationToken Cancellation => Context.Cancellation;

    /// <summary>What is left of <see cref="Timeout"/>.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            if (Timeout <= TimeSpan.Zero)
            {
                return Timeout;
            }

            TimeSpan left = Timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A value of an element type.</summary>
    internal T Value<T>(Element<T> element, int index)
        where T : unmanaged => element.TryParse(Values[index], out T value)
            ? value
            : throw CommandException.Usage($"{What}: '{Values[index]}' is no value of the element type; see --type");

    /// <summary>A value that is a whole number of its own, whatever the element type.</summary>
    internal ulong Whole(int index, ulong maximum) =>
        ulong.TryParse(Values[index], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            && value <= maximum
            ? value
            : throw CommandException.Usage($"{What}: '{Values[index]}' is not a whole number from 0 to {maximum}");

    /// <summary>An optional number of permits or counts.</summary>
    internal int OptionalCount()
    {
        int count = Values.Count == 0 ? 1 : (int)Whole(0, int.MaxValue);
        return count > 0 ? count : throw CommandException.Usage($"{What}: the number must be at least 1");
    }

    /// <summary>The part of an array that --range names: <c>a..b</c>, b not included; either end may be
    /// missing.</summary>
    internal (long From, long To) RangeOf(long length)
    {
        if (Range is null)
        {
            return (0, length);
        }

        int dots = Range.IndexOf("..", StringComparison.Ordinal);
        long from = 0;
        long to = length;
        return dots >= 0
            && (dots == 0 || long.TryParse(Range[..dots], NumberStyles.None, CultureInfo.InvariantCulture, out from))
            && (dots + 2 == Range.Length
                || long.TryParse(Range[(dots + 2)..], NumberStyles.None, CultureInfo.InvariantCulture, out to))
            && from <= to && to <= length
            ? (from, to)
            : throw CommandException.Usage($"{What}: --range '{Range}' is not a..b with 0 <= a <= b <= {length}");
    }
}
