namespace Plenum.ZeroBuffer;

/// <summary>How an asynchronous read ended, and the frame if there is one.</summary>
/// <param name="Outcome">A frame, or why there is none.</param>
/// <param name="Frame">The frame, to be disposed; null unless the outcome is <see cref="ReadOutcome.Frame"/>.</param>
public readonly record struct ReadResult(ReadOutcome Outcome, OwnedFrame? Frame);
