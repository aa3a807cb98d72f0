using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Numbers of 4 and 8 bytes as raw bits, for atomic operations. The type tests vanish when the code is
/// compiled.</summary>
internal static class ElementBits
{
    /// <summary>Refuses types without atomic operations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RequireNumber<T>(string operation)
        where T : unmanaged
    {
        if (!Is32<T>() && !Is64<T>())
        {
            Refuse<T>(operation);
        }
    }

    /// <summary>Refuses an addition to floating-point numbers.</summary>
    [DoesNotReturn]
    internal static void RefuseFloating<T>()
        where T : unmanaged => throw new NotSupportedException(
            $"Add needs integer elements, not {typeof(T)}; use CompareExchange in a loop.");

    [DoesNotReturn]
    private static void Refuse<T>(string operation)
        where T : unmanaged => throw new NotSupportedException(
            $"{operation} needs int, uint, long, ulong, float or double elements; {typeof(T)} has no atomic "
            + "operations.");

    internal static bool Is32<T>() =>
        typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(float);

    internal static bool Is64<T>() =>
        typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || typeof(T) == typeof(double);

    internal static bool IsFloating<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    internal static uint To32<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(int) ? (uint)(int)(object)value
        : typeof(T) == typeof(float) ? BitConverter.SingleToUInt32Bits((float)(object)value)
        : (uint)(object)value;

    internal static T From32<T>(uint bits)
        where T : unmanaged =>
        typeof(T) == typeof(int) ? (T)(object)(int)bits
        : typeof(T) == typeof(float) ? (T)(object)BitConverter.UInt32BitsToSingle(bits)
        : (T)(object)bits;

    internal static ulong To64<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(long) ? (ulong)(long)(object)value
        : typeof(T) == typeof(double) ? BitConverter.DoubleToUInt64Bits((double)(object)value)
        : (ulong)(object)value;

    internal static T From64<T>(ulong bits)
        where T : unmanaged =>
        typeof(T) == typeof(long) ? (T)(object)(long)bits
        : typeof(T) == typeof(double) ? (T)(object)BitConverter.UInt64BitsToDouble(bits)
        : (T)(object)bits;
}
