namespace Plenum.ZeroIpc;

/// <summary>Operations on lazy truth values, as the peers represent them: the operands' values are stored.</summary>
public static class SharedLazy
{
    /// <summary>Creates "both". Forces the operands now; when the first is false the result is computed at once and the
    /// second is not forced.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedLazy<bool> And(SharedMemory memory, string name, SharedLazy<bool> a, SharedLazy<bool> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Force()
            ? Store(memory, name, LazyOperation.And, true, b.Force(), null)
            : Store(memory, name, LazyOperation.And, false, false, false);
    }

    /// <summary>Creates "either". Forces the operands now; when the first is true the result is computed at once and
    /// the second is not forced.</summary>
    /// <inheritdoc cref="And" path="/param"/>
    /// <inheritdoc cref="And" path="/exception"/>
    public static SharedLazy<bool> Or(SharedMemory memory, string name, SharedLazy<bool> a, SharedLazy<bool> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Force()
            ? Store(memory, name, LazyOperation.Or, true, false, true)
            : Store(memory, name, LazyOperation.Or, false, b.Force(), null);
    }

    /// <summary>Creates "exactly one". Forces the operands now.</summary>
    /// <inheritdoc cref="And" path="/param"/>
    /// <inheritdoc cref="And" path="/exception"/>
    public static SharedLazy<bool> Xor(SharedMemory memory, string name, SharedLazy<bool> a, SharedLazy<bool> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Store(memory, name, LazyOperation.Xor, a.Force(), b.Force(), null);
    }

    /// <summary>Creates the opposite. Forces the operand now.</summary>
    /// <inheritdoc cref="And" path="/param"/>
    /// <inheritdoc cref="And" path="/exception"/>
    public static SharedLazy<bool> Not(SharedMemory memory, string name, SharedLazy<bool> a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return Store(memory, name, LazyOperation.Not, a.Force(), false, null);
    }

    private static SharedLazy<bool> Store(
        SharedMemory memory, string name, LazyOperation operation, bool a, bool b, bool? computed) =>
        SharedLazy<bool>.CreateWith(memory, name, CodataLayout.Native, operation, a, b, computed);
}
