namespace Plenum.ZeroIpc;

/// <summary>One alternative of <see cref="SharedSelect"/> that gives a value.</summary>
/// <typeparam name="T">The value type.</typeparam>
/// <remarks>For one select at a time. Not thread-safe.</remarks>
public sealed class SelectCase<T> : SelectCase
{
    private readonly ISelectable<T> _source;
    private OwnerRecord? _armed;
    private T _value = default!;

    internal SelectCase(ISelectable<T> source) => _source = source;

    /// <summary>What the last select brought that chose this; meaningful while <see cref="SelectCase.HasValue"/> is
    /// true.</summary>
    public T Value => _value;

    /// <inheritdoc/>
    internal override WaitSite Site => _source.Site;

    /// <inheritdoc/>
    internal override bool TryComplete()
    {
        SelectState state = _source.TryComplete(out _value);
        HasValue = state == SelectState.Completed;
        return state != SelectState.Pending;
    }

    /// <inheritdoc/>
    internal override void Look() => _source.Look();

    /// <inheritdoc/>
    internal override bool MayLook() => _source.LooksAlone || base.MayLook();

    private protected override void Arm() => _armed = _source.Arm();

    private protected override void Disarm()
    {
        OwnerRecord? armed = _armed;
        _armed = null;
        _source.Disarm(armed);
    }
}
