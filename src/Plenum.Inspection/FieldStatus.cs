namespace Plenum.Inspection;

/// <summary>What is known about a field's value.</summary>
public enum FieldStatus
{
    /// <summary>No invariant restricts the value.</summary>
    Unchecked = 0,

    /// <summary>The value satisfies the protocol's invariants.</summary>
    Ok = 1,

    /// <summary>The value breaks an invariant; the field says which.</summary>
    Violated = 2,
}
