namespace Plenum.ZeroIpc;

/// <summary>The result of an awaited wait for the next value.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="Outcome">How the wait ended.</param>
/// <param name="Value">The value when <see cref="HasValue"/>; otherwise the default.</param>
/// <remarks>Immutable.</remarks>
public readonly record struct StreamNext<T>(NextOutcome Outcome, T Value)
{
    /// <summary>Whether there is a value.</summary>
    public bool HasValue => Outcome == NextOutcome.Value;
}
