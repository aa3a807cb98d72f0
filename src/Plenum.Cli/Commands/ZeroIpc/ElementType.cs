using System.Globalization;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>An element type by the name it has on the command line.</summary>
/// <param name="Type">The type in memory.</param>
/// <param name="Element">The <see cref="Element{T}"/> of that type.</param>
internal sealed record ElementType(Type Type, object Element)
{
    internal const string Names = "i8|u8|i16|u16|i32|u32|i64|u64|f32|f64|bool|bytes:N";
    internal const int MaximumBytes = 1024;

    private const string BytesPrefix = "bytes:";

    /// <summary>Finds a type.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    internal static ElementType Find(string option, string name) => name switch
    {
        "i8" => Number<sbyte>(),
        "u8" => Number<byte>(),
        "i16" => Number<short>(),
        "u16" => Number<ushort>(),
        "i32" => Number<int>(),
        "u32" => Number<uint>(),
        "i64" => Number<long>(),
        "u64" => Number<ulong>(),
        "f32" => Number<float>(),
        "f64" => Number<double>(),
        "bool" => new ElementType(typeof(bool), new BoolElement()),
        _ when name.StartsWith(BytesPrefix, StringComparison.Ordinal)
            && int.TryParse(name[BytesPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length is >= 1 and <= MaximumBytes => Bytes(length),
        _ => throw CommandException.Usage($"{option}: '{name}' is not one of {Names}, with N from 1 to {MaximumBytes}"),
    };

    private static ElementType Number<T>()
        where T : unmanaged, System.Numerics.INumber<T> => new(typeof(T), new NumberElement<T>());

    private static ElementType Bytes(int length)
    {
        Type block = Block(length);
        return new ElementType(block, Activator.CreateInstance(typeof(BytesElement<>).MakeGenericType(block), true)!);
    }

    private static Type Block(int length) => length == 1
        ? typeof(OneByte)
        : typeof(JoinedBytes<,>).MakeGenericType(Block(length - (length / 2)), Block(length / 2));
}
