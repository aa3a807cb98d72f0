using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.Platform;

/// <summary>Which value types may lie in shared memory, and their natural alignment.</summary>
/// <remarks><c>where T : unmanaged</c> is not enough: pointers, <c>nint</c>, auto-layout structs and <c>decimal</c>
/// compile but mean something else, or lie elsewhere, in another process. Thread-safe; each type is checked
/// once.</remarks>
public static class ShareableType
{
    /// <summary>Refuses a type that must not be shared.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <exception cref="NotSupportedException">The type contains pointers, <c>nint</c>, <c>decimal</c>, dates or an
    /// automatic layout, or is aligned to more than 8 bytes; the message names the field and the remedy.</exception>
    public static void Check<T>()
        where T : unmanaged
    {
        if (Facts<T>.Problem is { } problem)
        {
            throw new NotSupportedException($"{typeof(T)} cannot lie in shared memory: {problem}");
        }
    }

    /// <summary>Refuses a type whose bytes cannot be hashed or compared, because some of them are padding.</summary>
    /// <typeparam name="T">The type of a key.</typeparam>
    /// <exception cref="NotSupportedException">The type must not be shared, or has padding bytes.</exception>
    public static void CheckWithoutPadding<T>()
        where T : unmanaged
    {
        Check<T>();
        if (Facts<T>.PaddingBytes != 0)
        {
            throw new NotSupportedException(
                $"{typeof(T)} cannot be a key in shared memory: {Facts<T>.PaddingBytes} of its {Unsafe.SizeOf<T>()} "
                + "bytes are padding, "
                + "whose value is undefined, and keys are hashed and compared byte by byte. Order or pad its fields "
                + "explicitly.");
        }
    }

    /// <summary>Natural alignment in bytes: the <c>alignof</c> of the same struct in C.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <returns>1, 2, 4 or 8.</returns>
    public static int AlignmentOf<T>()
        where T : unmanaged => Facts<T>.Alignment;

    /// <summary>Size in bytes: the <c>sizeof</c> of the same struct in C.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    public static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();

    /// <summary>The bytes of a value in private memory, for hashing and comparing.</summary>
    /// <typeparam name="T">A type without padding (<see cref="CheckWithoutPadding{T}"/>).</typeparam>
    /// <param name="value">The value.</param>
    public static ReadOnlySpan<byte> BytesOf<T>(ref readonly T value)
        where T : unmanaged => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1));

    /// <summary>The same bits as another type of the same size, in a register: generic code that knows the type after a
    /// test of it.</summary>
    /// <remarks>Worth: the compiler drops a cast through object only between equal types, and passes a reinterpreted
    /// value through memory (each two to three nanoseconds of a map look-up); hence one of each.</remarks>
    /// <typeparam name="TFrom">The type.</typeparam>
    /// <typeparam name="TTo">Another type of the same size.</typeparam>
    /// <param name="value">The value.</param>
    /// <exception cref="NotSupportedException">The sizes differ.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTo SameBits<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged => typeof(TFrom) == typeof(TTo)
            ? (TTo)(object)value
            : Unsafe.BitCast<TFrom, TTo>(value);

    /// <summary>The value whose bytes these are; any alignment.</summary>
    /// <typeparam name="T">A type that <see cref="Check{T}"/> accepts.</typeparam>
    /// <param name="bytes">At least as many bytes as the type has.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public static T FromBytes<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Read<T>(bytes);

    // A padded struct { byte; T } tells the alignment the runtime uses, which is the C rule for sequential layouts.
    [StructLayout(LayoutKind.Sequential)]
    private struct Probe<T>
        where T : unmanaged
    {
        internal byte First;
        internal T Value;
    }

    private static class Facts<T>
        where T : unmanaged
    {
        internal static readonly int Alignment = Unsafe.SizeOf<Probe<T>>() - Unsafe.SizeOf<T>();
        internal static readonly string? Problem = Find(typeof(T), string.Empty) ?? AlignmentProblem();
        internal static readonly int PaddingBytes = Unsafe.SizeOf<T>() - DataBytes(typeof(T));

        private static string? AlignmentProblem() => Alignment > 8
            ? $"it is aligned to {Alignment} bytes; structures in a segment are aligned to 8. Split it into 8-byte "
            + "fields."
            : null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields of a value type in use are kept.")]
    private static string? Find(Type type, string path)
    {
        string field = path.Length == 0 ? "it" : $"field '{path}'";
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
        {
            return $"{field} is a pointer or native integer, which means nothing in another process. Store an offset "
                + "or an index.";
        }

        if (type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset))
        {
            return $"{field} is {type.Name}, whose layout only .NET defines. Store ticks (long) or a scaled integer.";
        }

        if (type.IsPrimitive || type.IsEnum || type == typeof(Guid) || type == typeof(Int128) || type == typeof(UInt128)
            || type == typeof(Half) || type == typeof(TimeSpan))
        {
            return null;
        }

        if (type.IsAutoLayout)
        {
            return $"{field} is {type.Name}, which has an automatic layout. Mark it "
                + "[StructLayout(LayoutKind.Sequential)].";
        }

        foreach (FieldInfo member in type.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            string name = path.Length == 0 ? member.Name : path + "." + member.Name;
            if (Find(member.FieldType, name) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields of a value type in use are kept.")]
    private static int DataBytes(Type type)
    {
        if (type.IsEnum)
        {
            return DataBytes(Enum.GetUnderlyingType(type));
        }

        if (type.IsPrimitive || type.IsPointer)
        {
            return type == typeof(bool) || type == typeof(byte) || type == typeof(sbyte) ? 1
                : type == typeof(short) || type == typeof(ushort) || type == typeof(char) ? 2
                : type == typeof(int) || type == typeof(uint) || type == typeof(float) ? 4
                : 8;
        }

        if (type == typeof(Half))
        {
            return 2;
        }

        int inline = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
        int sum = 0;
        foreach (FieldInfo member in type.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            sum += DataBytes(member.FieldType);
        }

        return sum * inline;
    }
}
