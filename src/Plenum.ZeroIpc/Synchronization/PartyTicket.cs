namespace Plenum.ZeroIpc;

/// <summary>States that this process is expected at a latch or barrier, until it is disposed.</summary>
/// <remarks>Thread-safe. If the process dies it stays behind, and the others see who is missing.</remarks>
public sealed class PartyTicket : IDisposable
{
    private OwnerRecord? _record;

    internal PartyTicket(OwnerRecord record) => _record = record;

    /// <summary>This process is not expected any more. Idempotent; does not block.</summary>
    public void Dispose() => Interlocked.Exchange(ref _record, null)?.Release();
}
