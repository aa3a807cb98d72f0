namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>What the options of streams and broadcasts say.</summary>
/// <param name="Limit">How many values to follow; 0 for all.</param>
/// <param name="Capacity">Capacity of a derived stream.</param>
/// <param name="Every">Values from one window to the next; 0 for the window's own number.</param>
/// <param name="By">What a window gives.</param>
/// <param name="Initial">The result before the first value of a fold.</param>
/// <param name="Policy">gate, drop-oldest or evict:T.</param>
/// <param name="History">Values from before a subscription.</param>
internal sealed record StreamArguments(
    long Limit, int Capacity, int Every, string By, double Initial, string Policy, int History);
