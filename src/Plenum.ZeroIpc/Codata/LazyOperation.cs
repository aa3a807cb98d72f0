namespace Plenum.ZeroIpc;

/// <summary>What a lazy value computes. The numbers up to <see cref="Chain"/> are those of the peers' numeric
/// lazies.</summary>
public enum LazyOperation
{
    /// <summary>A value that was known from the start.</summary>
    Constant = 0,

    /// <summary>The sum of two stored values.</summary>
    Add = 1,

    /// <summary>The product of two stored values.</summary>
    Multiply = 2,

    /// <summary>The negative of a stored value.</summary>
    Negate = 3,

    /// <summary>An operation on other lazies of the segment, which are evaluated on demand. Only this library computes
    /// it.</summary>
    Chain = 4,

    /// <summary>A function of the program that forces it.</summary>
    External = 5,

    /// <summary>Both of two stored truth values.</summary>
    And = 0x101,

    /// <summary>One of two stored truth values.</summary>
    Or = 0x102,

    /// <summary>Exactly one of two stored truth values.</summary>
    Xor = 0x103,

    /// <summary>Not a stored truth value.</summary>
    Not = 0x104,
}
