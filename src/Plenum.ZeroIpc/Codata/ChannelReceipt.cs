namespace Plenum.ZeroIpc;

/// <summary>What an asynchronous receive brought.</summary>
/// <typeparam name="T">The value type.</typeparam>
/// <param name="Status">How it ended.</param>
/// <param name="Value">The value; default unless done.</param>
public readonly record struct ChannelReceipt<T>(ChannelStatus Status, T Value);
