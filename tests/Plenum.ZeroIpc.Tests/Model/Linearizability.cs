namespace Plenum.ZeroIpc.Tests;

/// <summary>One operation of a recorded history.</summary>
/// <param name="Start">Position of its beginning in the order of all events.</param>
/// <param name="End">Position of its end.</param>
/// <param name="Name">What was called.</param>
/// <param name="Argument">With what.</param>
/// <param name="Result">What came back.</param>
internal sealed record Operation(long Start, long End, string Name, long Argument, long Result);

/// <summary>
/// Searches an order of the operations of a concurrent history that respects real time and that a sequential model
/// explains (the algorithm of Wing and Gong, with the memory of visited states of Lowe).
/// </summary>
internal static class Linearizability
{
    /// <summary>Whether such an order exists.</summary>
    /// <param name="history">At most 63 operations.</param>
    /// <param name="initial">The state at the beginning.</param>
    /// <param name="step">The state after an operation, or null when the operation could not have had its
    /// result.</param>
    internal static bool Exists(IReadOnlyList<Operation> history, string initial, Func<string, Operation,
        string?> step) =>
        Search(history, 0, initial, step, []);

    private static bool Search(
        IReadOnlyList<Operation> history,
        ulong done,
        string state,
        Func<string, Operation, string?> step,
        HashSet<(ulong Done, string State)> seen)
    {
        if (done == (1UL << history.Count) - 1)
        {
            return true;
        }

        if (!seen.Add((done, state)))
        {
            return false;
        }

        long earliestEnd = long.MaxValue;
        for (int i = 0; i < history.Count; i++)
        {
            if ((done & (1UL << i)) == 0)
            {
                earliestEnd = Math.Min(earliestEnd, history[i].End);
            }
        }

        for (int i = 0; i < history.Count; i++)
        {
            if ((done & (1UL << i)) == 0 && history[i].Start < earliestEnd
                && step(state, history[i]) is { } next && Search(history, done | (1UL << i), next, step, seen))
            {
                return true;
            }
        }

        return false;
    }
}
