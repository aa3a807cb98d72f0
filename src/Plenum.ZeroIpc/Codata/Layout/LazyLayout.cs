using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Where the fields of a lazy value lie (spec zeroipc 2.9).</summary>
/// <param name="Operation">Offset of the operation's type; -1 where there is none.</param>
/// <param name="Operands">Offset of the operands.</param>
/// <param name="Cached">Offset of the value.</param>
/// <param name="Error">Offset of the error text; -1 where there is none.</param>
/// <param name="Count">Offset of compute_count; -1 where there is none.</param>
/// <param name="SizeBytes">Size of the entry.</param>
/// <remarks>
/// All in bytes; the state is at 0. C++, with a = max(4, alignment of T):
/// <code>
/// state u32 | type u32 at up(4, a) | operands at type + a: {a, b}, or two u32 | cached T | error[256] | count u32
/// </code>
/// C++ for bool: state u32, type u32, operands u8 and u8, cached u8; 16 bytes. Python: state u32, T at 4 (not aligned),
/// error[256].
/// </remarks>
internal readonly record struct LazyLayout(int Operation, int Operands, int Cached, int Error, int Count, int SizeBytes)
{
    private const int BoolBytes = 16;

    internal static LazyLayout Of<T>(CodataLayout layout)
        where T : unmanaged
    {
        int size = ShareableType.SizeOf<T>();
        if (layout == CodataLayout.Python)
        {
            return new LazyLayout(-1, -1, 4, 4 + size, -1, 4 + size + ErrorField.SizeBytes);
        }

        if (typeof(T) == typeof(bool))
        {
            return new LazyLayout(4, 8, 12, -1, -1, BoolBytes);
        }

        int alignment = Math.Max(4, ShareableType.AlignmentOf<T>());
        int operation = (int)StructureSize.Up(4, alignment);
        int operands = operation + alignment;
        int cached = operands + (int)StructureSize.Up(Math.Max(2 * size, 8), alignment);
        int error = cached + size;
        int count = (int)StructureSize.Up(error + ErrorField.SizeBytes, 4);
        return new LazyLayout(
            operation, operands, cached, error, count, (int)StructureSize.Up(count + 4, alignment));
    }
}
