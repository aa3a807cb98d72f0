using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Output;

/// <summary>How the raw bytes of an element are read as a value: by a type that was given, or guessed.</summary>
/// <remarks>The segments store no types: a guess goes by the size and by which reading looks like numbers people
/// use.</remarks>
internal sealed class ValueFormat
{
    internal const string Names = "i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, bool, bytes:N";

    private const double LargestLikely = 1e12;
    private const double SmallestLikely = 1e-12;

    private ValueFormat(string name, int sizeBytes, bool isGuess)
    {
        Name = name;
        SizeBytes = sizeBytes;
        IsGuess = isGuess;
    }

    /// <summary>The type's name on the command line.</summary>
    internal string Name { get; }

    internal int SizeBytes { get; }

    internal bool IsGuess { get; }

    /// <summary>Whether values are numbers that can be drawn.</summary>
    internal bool IsNumeric => !Name.StartsWith("bytes", StringComparison.Ordinal);

    /// <summary>The type of a name.</summary>
    /// <exception cref="CommandException">There is no such type, or its size is not the element's.</exception>
    internal static ValueFormat Parse(string name, int elementBytes)
    {
        int size = name switch
        {
            "i8" or "u8" or "bool" => 1,
            "i16" or "u16" => 2,
            "i32" or "u32" or "f32" => 4,
            "i64" or "u64" or "f64" => 8,
            _ when name.StartsWith("bytes:", StringComparison.Ordinal)
                && int.TryParse(name[6..], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count > 0 => count,
            _ => throw CommandException.Usage($"--type: '{name}' is not one of {Names}"),
        };

        // A signal's room is rounded up to 8 bytes: a smaller type reads its start.
        return size == elementBytes || (size < elementBytes && elementBytes - size < 8)
            ? new ValueFormat(name, size, isGuess: false)
            : throw CommandException.Malformed(FormattableString.Invariant(
                $"--type {name} has {size} bytes, but an element has {elementBytes}"));
    }

    /// <summary>The likeliest type of some elements of one size.</summary>
    internal static ValueFormat Guess(int elementBytes, IEnumerable<ReadOnlyMemory<byte>> samples)
    {
        List<ReadOnlyMemory<byte>> all = [.. samples];
        string name = elementBytes switch
        {
            1 => "u8",
            2 => "i16",
            4 => Likely(all, "f32", "i32"),
            8 => Likely(all, "f64", "i64"),
            _ => FormattableString.Invariant($"bytes:{elementBytes}"),
        };
        return new ValueFormat(name, elementBytes, isGuess: true);
    }

    /// <summary>The value as text that reads back as the same value; invariant culture.</summary>
    internal string Text(ReadOnlySpan<byte> bytes) => Name switch
    {
        "bool" => bytes[0] != 0 ? "true" : "false",
        "f32" => BinaryPrimitives.ReadSingleLittleEndian(bytes).ToString("R", CultureInfo.InvariantCulture),
        "f64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes).ToString("R", CultureInfo.InvariantCulture),
        "u64" => BinaryPrimitives.ReadUInt64LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        _ when IsNumeric => Integer(bytes).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToHexStringLower(bytes),
    };

    /// <summary>The value as a number to draw.</summary>
    internal double Number(ReadOnlySpan<byte> bytes) => Name switch
    {
        "f32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "f64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "u64" => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => Integer(bytes),
    };

    /// <summary>Writes the value: a number, a flag, or hex text; a float that is no number becomes text.</summary>
    internal void Write(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        if (Name == "bool")
        {
            json.WriteBooleanValue(bytes[0] != 0);
        }
        else if (IsNumeric && double.IsFinite(Number(bytes)))
        {
            json.WriteRawValue(Text(bytes));
        }
        else
        {
            json.WriteStringValue(Text(bytes));
        }
    }

    private static string Likely(List<ReadOnlyMemory<byte>> samples, string floating, string integer)
    {
        int floats = 0;
        int integers = 0;
        foreach (ReadOnlyMemory<byte> sample in samples)
        {
            double value = sample.Length == 4
                ? BinaryPrimitives.ReadSingleLittleEndian(sample.Span)
                : BinaryPrimitives.ReadDoubleLittleEndian(sample.Span);
            if (!sample.Span.ContainsAnyExcept((byte)0))
            {
                continue;
            }

            bool likely = double.IsFinite(value) && Math.Abs(value) is > SmallestLikely and < LargestLikely;
            floats += likely ? 1 : 0;
            integers += likely ? 0 : 1;
        }

        return floats > integers ? floating : integers > 0 ? integer : floating;
    }

    private long Integer(ReadOnlySpan<byte> bytes) => Name switch
    {
        "i8" => (sbyte)bytes[0],
        "u8" or "bool" => bytes[0],
        "i16" => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        "u16" => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        "i32" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        "u32" => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };
}
