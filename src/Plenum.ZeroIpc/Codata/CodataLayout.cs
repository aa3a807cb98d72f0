namespace Plenum.ZeroIpc;

/// <summary>Which peers a lazy value, stream or channel is laid out for (spec zeroipc 2.9 to 2.11).</summary>
public enum CodataLayout
{
    /// <summary>The C++ layout: the reference.</summary>
    Native = 0,

    /// <summary>The Python package's layout. C++ programs cannot use it, Python programs no other.</summary>
    Python = 1,
}
