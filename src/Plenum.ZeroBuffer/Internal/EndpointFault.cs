using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Reports a broken protocol again on each further use of an endpoint.</summary>
internal static class EndpointFault
{
    [DoesNotReturn]
    internal static void Throw(SegmentCorruptedException fault) => throw new SegmentCorruptedException(
        fault.Message, fault.Operation, fault.Name, fault.Field, fault.Value);
}
