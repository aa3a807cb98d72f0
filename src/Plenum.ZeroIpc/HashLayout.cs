namespace Plenum.ZeroIpc;

/// <summary>Which peers a map or set is laid out, and hashed, for (spec zeroipc 2.4).</summary>
public enum HashLayout
{
    /// <summary>The C++ layout and hash: the reference.</summary>
    Native = 0,

    /// <summary>The Python package's layout and hash. C++ programs cannot use such a map, Python programs no
    /// other.</summary>
    Python = 1,
}
