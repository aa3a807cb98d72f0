namespace Plenum.TestSupport;

/// <summary>
/// An assembly fixture (<c>[assembly: AssemblyFixture(typeof(LeakCheck))]</c>) that fails the run when names of this
/// run are left. Other runs on the same machine are not looked at.
/// </summary>
public sealed class LeakCheck : IDisposable
{
    /// <summary>Looks at the shared-memory and lock folders.</summary>
    /// <exception cref="InvalidOperationException">Names of this run are left.</exception>
    public void Dispose()
    {
        IReadOnlyList<string> left = TempSegment.Leftovers();
        if (left.Count > 0)
        {
            throw new InvalidOperationException("The tests left behind: " + string.Join(", ", left));
        }
    }
}
