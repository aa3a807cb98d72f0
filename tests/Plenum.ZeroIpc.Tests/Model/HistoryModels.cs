using System.Globalization;

namespace Plenum.ZeroIpc.Tests;

/// <summary>What sequential structures do, step by step: the state after an operation, or null when the operation could
/// not have had its result.</summary>
internal static class HistoryModels
{
    /// <summary>A queue of at most four.</summary>
    internal static string? Queue(string state, Operation op) =>
        op.Name == "put" ? Put(state, op, 4, atEnd: true) : TakeFirst(state, op);

    /// <summary>A stack of at most four.</summary>
    internal static string? Stack(string state, Operation op) =>
        op.Name == "put" ? Put(state, op, 4, atEnd: false) : TakeFirst(state, op);

    /// <summary>A map of the keys 0, 4 and 8; -1 is absent.</summary>
    internal static string? Map(string state, Operation op)
    {
        string[] values = state.Split(' ');
        string[] words = op.Name.Split(' ');
        int at = int.Parse(words[1], CultureInfo.InvariantCulture) / 4;
        int present = int.Parse(values[at], CultureInfo.InvariantCulture);
        bool known = present >= 0;
        (long expected, long after) = words[0] switch
        {
            "set" => (1L, op.Argument),
            "add" => (known ? 0 : 1, known ? present : op.Argument),
            "get" => (present, present),
            _ => (present, -1L),
        };
        values[at] = after.ToString(CultureInfo.InvariantCulture);
        return op.Result == expected ? string.Join(' ', values) : null;
    }

    /// <summary>A set of the values 0, 4 and 8, one digit each.</summary>
    internal static string? Set(string state, Operation op)
    {
        int at = (int)op.Argument / 4;
        bool there = state[at] == '1';
        bool expected = op.Name == "add" ? !there : there;
        char after = op.Name == "add" ? '1' : op.Name == "remove" ? '0' : state[at];
        return op.Result == (expected ? 1 : 0) ? state[..at] + after + state[(at + 1)..] : null;
    }

    /// <summary>A pool of the nodes 0 and 1: a node is with one holder at a time. "Empty" may also mean that the last
    /// node is just being given back.</summary>
    internal static string? Pool(string state, Operation op)
    {
        if (op.Name == "allocate")
        {
            return op.Result < 0 ? state : state[(int)op.Result] == '0' ? With(state, (int)op.Result, '1') : null;
        }

        return state[(int)op.Argument] == '1' ? With(state, (int)op.Argument, '0') : null;
    }

    private static string With(string state, int at, char value) => state[..at] + value + state[(at + 1)..];

    private static string? Put(string state, Operation op, int capacity, bool atEnd)
    {
        int count = state.Count(c => c == ' ');
        if (op.Result == 0)
        {
            // A slot whose last user has moved on but not yet published looks full: the peers' algorithm allows it.
            return state;
        }

        string item = op.Argument.ToString(CultureInfo.InvariantCulture) + " ";
        return count < capacity ? atEnd ? state + item : item + state : null;
    }

    private static string? TakeFirst(string state, Operation op)
    {
        if (op.Result < 0)
        {
            // "Empty" may also mean that the oldest element is still being added.
            return state;
        }

        string item = op.Result.ToString(CultureInfo.InvariantCulture) + " ";
        return state.StartsWith(item, StringComparison.Ordinal) ? state[item.Length..] : null;
    }
}
