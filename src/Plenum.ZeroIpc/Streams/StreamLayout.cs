namespace Plenum.ZeroIpc;

/// <summary>Which peers' bytes a stream has (spec zeroipc 2.10).</summary>
public enum StreamLayout
{
    /// <summary>The C++ layout: <c>NAME_header</c> and <c>NAME_buffer</c>; can be closed and counts.</summary>
    Native = 0,

    /// <summary>The Python layout: a ring under the bare name; cannot be closed.</summary>
    Python = 1,
}
