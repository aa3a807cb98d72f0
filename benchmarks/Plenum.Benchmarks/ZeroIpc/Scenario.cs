namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>One measurement between two processes.</summary>
/// <param name="Title">What is printed.</param>
/// <param name="Rounds">How many rounds one sample has.</param>
/// <param name="Lead">This process' half; nanoseconds per unit.</param>
/// <param name="Follow">The other process' half.</param>
/// <param name="IsRate">Whether the result is shown as millions a second instead of a ratio to the ruler.</param>
internal sealed record Scenario(
    string Title, long Rounds, Func<long, double> Lead, Action<long> Follow, bool IsRate = false);
