namespace Plenum.ZeroIpc;

/// <summary>How a signal is created. Immutable.</summary>
public sealed record SignalOptions
{
    /// <summary>The defaults: the entry size of the C++ peer.</summary>
    public static SignalOptions Default { get; } = new();

    /// <summary>
    /// Gives the state entry exactly 8 bytes more than the value, as Python does and demands, instead of rounding it up
    /// to a multiple of
    /// 8, as C++ does. C++ opens both (spec zeroipc 2.17). Default: false.
    /// </summary>
    public bool PythonEntrySize { get; init; }
}
