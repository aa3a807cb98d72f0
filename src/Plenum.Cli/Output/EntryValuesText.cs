using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.Inspection;
using Plenum.Inspection.Watching;

namespace Plenum.Cli.Output;

/// <summary>The values inside a structure, read as a type of the caller's choice.</summary>
internal sealed class EntryValuesText
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _elements;
    private readonly ValueFormat _format;

    private EntryValuesText(IReadOnlyList<ReadOnlyMemory<byte>> elements, ValueFormat format)
    {
        _elements = elements;
        _format = format;
    }

    /// <summary>Reads what is inside now.</summary>
    /// <exception cref="CommandException">The structure has no list of values, or the type does not fit.</exception>
    internal static EntryValuesText Read(
        SegmentImage image, SegmentDescription description, EntryDescription entry, string type)
    {
        EntryFollower follower = EntryFollower.Create(image, description, entry);
        return follower.HasValues
            ? new EntryValuesText(follower.Contents(), ValueFormat.Parse(type, follower.ElementBytes))
            : throw CommandException.Malformed(
                $"'{entry.Name}' is a {entry.Kind}: --type prints arrays, queues, stacks, rings, streams, channels, "
                + "signals and futures; 'plenum zeroipc' reads the others");
    }

    internal void WriteText(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Values ({_format.Name})");
        foreach (ReadOnlyMemory<byte> element in _elements)
        {
            output.WriteLine("  " + _format.Text(element.Span[.._format.SizeBytes]));
        }
    }

    internal void WriteJson(Utf8JsonWriter json)
    {
        json.WriteString("type", _format.Name);
        json.WriteStartArray("values");
        foreach (ReadOnlyMemory<byte> element in _elements)
        {
            _format.Write(json, element.Span[.._format.SizeBytes]);
        }

        json.WriteEndArray();
    }
}
