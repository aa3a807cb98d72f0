namespace Plenum.TestPeer;

/// <summary>Marks a method as a verb of the peer.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VerbAttribute(string name) : Attribute
{
    /// <summary>The verb, for example <c>zerobuffer-write</c>.</summary>
    public string Name { get; } = name;
}
