using System.Numerics;

namespace Plenum.ZeroIpc;

/// <summary>The peers' representable operations on numbers and truth values; whole numbers wrap around.</summary>
internal static class LazyArithmetic
{
    internal static T Compute<T>(LazyOperation operation, T a, T b)
        where T : unmanaged
    {
        object result = a switch
        {
            double x => Number(operation, x, (double)(object)b),
            float x => Number(operation, x, (float)(object)b),
            int x => Number(operation, x, (int)(object)b),
            uint x => Number(operation, x, (uint)(object)b),
            long x => Number(operation, x, (long)(object)b),
            ulong x => Number(operation, x, (ulong)(object)b),
            short x => Number(operation, x, (short)(object)b),
            ushort x => Number(operation, x, (ushort)(object)b),
            sbyte x => Number(operation, x, (sbyte)(object)b),
            byte x => Number(operation, x, (byte)(object)b),
            bool x => Truth(operation, x, (bool)(object)b),
            _ => throw Unknown(operation, typeof(T)),
        };
        return (T)result;
    }

    private static T Number<T>(LazyOperation operation, T a, T b)
        where T : INumber<T> => operation switch
        {
            LazyOperation.Add => a + b,
            LazyOperation.Multiply => a * b,
            LazyOperation.Negate => unchecked(-a),
            _ => throw Unknown(operation, typeof(T)),
        };

    private static bool Truth(LazyOperation operation, bool a, bool b) => operation switch
    {
        LazyOperation.And => a && b,
        LazyOperation.Or => a || b,
        LazyOperation.Xor => a != b,
        LazyOperation.Not => !a,
        _ => throw Unknown(operation, typeof(bool)),
    };

    private static NotSupportedException Unknown(LazyOperation operation, Type type) =>
        new($"operation {operation} does not exist for {type.Name}");
}
