using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>What a server does with its clients' metadata. Only for the server's thread.</summary>
internal static class ClientMetadata
{
    /// <summary>Hands a new client's metadata to the user's callback.</summary>
    internal static void Greet(ZeroBufferReader requests, DuplexInitHandler? greet, Action<Exception> report)
    {
        if (greet is null)
        {
            return;
        }

        try
        {
            if (!requests.Metadata.TryGet(out MetadataView metadata))
            {
                greet(default);
                return;
            }

            using (metadata)
            {
                greet(metadata.Span);
            }
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            // A boundary: neither the user's callback nor a client's malformed metadata ends the server.
            report(e);
        }
    }

    /// <summary>Empties the metadata block, which a client may write once, while no client is connected.</summary>
    internal static void Forget(ZeroBufferReader requests)
    {
        SharedSegment segment = requests.Endpoint.Buffer.Segment;
        SharedUInt64 written = segment.UInt64(OperationInfoBlock.MetadataWrittenBytesOffset);
        const int role = OperationInfoBlock.WriterPidOffset;
        if (written.ReadAcquire() == 0 || !segment.TryLockRole(role, sizeof(ulong)))
        {
            return;
        }

        try
        {
            SharedUInt64 owner = segment.UInt64(role);

            // CLAIM [owner] For the moment of the change a connecting client finds the role taken by a live process.
            if (owner.CompareExchange((ulong)Environment.ProcessId, 0) == 0)
            {
                StepHook.At("serve.forget-claimed");
                segment.UInt64(OperationInfoBlock.MetadataFreeBytesOffset)
                    .WriteOwned((ulong)requests.MetadataSizeBytes);
                written.WriteOwned(0);
                StepHook.At("serve.forget-emptied");

                // PUBLISH [owner] The block is empty before the role is free.
                owner.WriteRelease(0);
            }
        }
        finally
        {
            segment.UnlockRole(role, sizeof(ulong));
        }
    }
}
