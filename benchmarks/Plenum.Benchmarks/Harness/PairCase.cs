namespace Plenum.Benchmarks.Harness;

/// <summary>One thing that is measured between two pinned processes (or in one, beside an idle partner).</summary>
/// <remarks>Hot loops stand in methods of their own that are called once for every thousand operations or so, so that
/// the run time compiles them at its highest tier during the warm-up and not in the sample.</remarks>
internal abstract class PairCase(string name, string about)
{
    /// <summary>group/what, without blanks.</summary>
    internal string Name { get; } = name;

    /// <summary>A line for people.</summary>
    internal string About { get; } = about;

    /// <summary>How often the case is run before it counts.</summary>
    internal virtual int WarmUps => 3;

    /// <summary>The measuring process's half.</summary>
    internal abstract CaseOutcome Measure(SampleSide side, TimeSpan time);

    /// <summary>The partner's half; nothing for a case of one process.</summary>
    internal virtual void Partner(PartnerSide side) => side.Ready();
}
