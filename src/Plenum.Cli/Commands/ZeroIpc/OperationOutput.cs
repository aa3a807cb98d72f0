using System.Text.Json;
using Plenum.Cli.Output;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Results of an operation: values one a line, or fields; one JSON document with --json.</summary>
/// <remarks>One field alone is printed without its name.</remarks>
internal sealed class OperationOutput(TextWriter output, bool asJson)
{
    private readonly List<ElementText> _values = [];
    private readonly List<(string Name, ElementText Value, bool OnlyJson)> _fields = [];
    private readonly List<(ElementText Key, ElementText Value)> _pairs = [];
    private bool _hasPairs;
    private bool _follows;

    /// <summary>A value of a list; printed at once as text.</summary>
    internal void Value(ElementText value)
    {
        if (asJson)
        {
            _values.Add(value);
            return;
        }

        output.WriteLine(value.Text);
        output.Flush();
    }

    /// <summary>A value of a list without end: printed at once, as JSON one object a line.</summary>
    internal void Follow(ElementText value, long lost = 0)
    {
        _follows = true;
        if (asJson)
        {
            JsonOutput.Line(output, json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("value");
                value.WriteTo(json);
                if (lost > 0)
                {
                    json.WriteNumber("lost", lost);
                }

                json.WriteEndObject();
            });
        }
        else
        {
            output.WriteLine(value.Text);
        }

        output.Flush();
    }

    /// <summary>A pair of a list without end.</summary>
    internal void FollowPair(ElementText x, ElementText y)
    {
        _follows = true;
        if (asJson)
        {
            JsonOutput.Line(output, json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("x");
                x.WriteTo(json);
                json.WritePropertyName("y");
                y.WriteTo(json);
                json.WriteEndObject();
            });
        }
        else
        {
            output.WriteLine($"{x.Text} {y.Text}");
        }

        output.Flush();
    }

    /// <summary>Says that pairs follow, or that there are none.</summary>
    internal void BeginPairs() => _hasPairs = true;

    internal void Pair(ElementText key, ElementText value)
    {
        if (asJson)
        {
            _pairs.Add((key, value));
            return;
        }

        output.WriteLine($"{key.Text} {value.Text}");
    }

    internal void Field(string name, ElementText value, bool onlyJson = false) => _fields.Add((name, value, onlyJson));

    /// <summary>Writes what was collected.</summary>
    internal void Complete()
    {
        if (_follows)
        {
            return;
        }

        if (asJson)
        {
            JsonOutput.Document(output, WriteDocument);
            return;
        }

        bool alone = _fields.Count(field => !field.OnlyJson) == 1;
        foreach ((string name, ElementText value, bool onlyJson) in _fields)
        {
            if (!onlyJson)
            {
                output.WriteLine(alone ? value.Text : $"{name} {value.Text}");
            }
        }
    }

    private void WriteDocument(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((string name, ElementText value, _) in _fields)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        if (_hasPairs)
        {
            json.WriteStartArray("entries");
            foreach ((ElementText key, ElementText value) in _pairs)
            {
                json.WriteStartObject();
                json.WritePropertyName("key");
                key.WriteTo(json);
                json.WritePropertyName("value");
                value.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
        else if (_fields.Count == 0)
        {
            json.WriteStartArray("values");
            foreach (ElementText value in _values)
            {
                value.WriteTo(json);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
