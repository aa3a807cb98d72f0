namespace Plenum.ZeroIpc;

/// <summary>A value of a signal with its version.</summary>
/// <typeparam name="T">The value type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Version">How often it had been set.</param>
/// <param name="WasAbandoned">Whether the last process that set it died meanwhile: the value may be half
/// written.</param>
public readonly record struct SignalReading<T>(T Value, ulong Version, bool WasAbandoned)
    where T : unmanaged;
