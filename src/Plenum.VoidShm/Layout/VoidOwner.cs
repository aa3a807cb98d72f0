namespace Plenum.VoidShm;

/// <summary>The three strings by which a writer identifies itself.</summary>
/// <param name="App">Application.</param>
/// <param name="Project">Project (in the original the patcher's file name).</param>
/// <param name="Node">The writing object.</param>
public sealed record VoidOwner(string App = "", string Project = "", string Node = "")
{
    /// <summary>Three empty strings.</summary>
    public static VoidOwner None { get; } = new();
}
