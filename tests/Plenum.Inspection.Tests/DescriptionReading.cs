namespace Plenum.Inspection.Tests;

/// <summary>Short forms to look values up in descriptions.</summary>
internal static class DescriptionReading
{
    internal static object? Header(this SegmentDescription description, string name) =>
        description.Header.Single(field => field.Name == name).Value;

    internal static object? Derived(this SegmentDescription description, string name) =>
        description.Derived.Single(field => field.Name == name).Value;

    internal static EntryDescription Entry(this SegmentDescription description, string name) =>
        description.Entries.Single(entry => entry.Name == name);
}
