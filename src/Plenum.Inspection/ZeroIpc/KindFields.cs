using System.Globalization;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Short forms for the fields of a structure's header.</summary>
internal static class KindFields
{
    internal static FieldDescription U32(EntryView view, string name, int offset, string? meaning = null) =>
        Field(view, name, offset, 4, (ulong)view.U32(offset), meaning);

    internal static FieldDescription I32(EntryView view, string name, int offset, string? meaning = null) =>
        Field(view, name, offset, 4, (long)view.I32(offset), meaning);

    internal static FieldDescription U64(EntryView view, string name, int offset, string? meaning = null) =>
        Field(view, name, offset, 8, view.U64(offset), meaning);

    internal static FieldDescription U8(EntryView view, string name, int offset, string? meaning = null) =>
        Field(view, name, offset, 1, (ulong)view.U8(offset), meaning);

    /// <summary>A number with the word that the protocol gives it.</summary>
    internal static FieldDescription State(EntryView view, int offset, params string[] words)
    {
        uint value = view.U32(offset);
        return Field(view, "state", offset, 4, (ulong)value, value < words.Length ? words[value] : "not a state");
    }

    internal static FieldDescription Derived(string name, object? value, string? meaning = null) =>
        new(name, value) { Meaning = meaning };

    internal static long AlignUp(long value, long alignment) => (value + alignment - 1) / alignment * alignment;

    internal static Finding Broken(EntryView view, FormattableString what) =>
        new(FindingSeverity.Error, "invariant", $"entry '{view.Name}': {what.ToString(CultureInfo.InvariantCulture)}");

    internal static Finding Odd(EntryView view, FormattableString what) =>
        new(FindingSeverity.Warning, "in-flight",
            $"entry '{view.Name}': {what.ToString(CultureInfo.InvariantCulture)}");

    private static FieldDescription Field(
        EntryView view, string name, int offset, int size, object value, string? meaning) =>
        new(name, value) { Offset = view.Row.Offset + offset, SizeBytes = size, Meaning = meaning };
}
