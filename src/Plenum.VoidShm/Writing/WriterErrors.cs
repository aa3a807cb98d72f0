using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.VoidShm.Writing;

/// <summary>Turns a refused connection into an exception that says what to do.</summary>
internal static class WriterErrors
{
    private const string Operation = "publish VOID segment";

    internal static void ThrowUnlessOk(VoidValidity outcome, string name, VoidProfile profile, long holder)
    {
        if (outcome != VoidValidity.Ok)
        {
            Throw(outcome, name, profile, holder);
        }
    }

    [DoesNotReturn]
    private static void Throw(VoidValidity outcome, string name, VoidProfile profile, long holder)
    {
        string subject = $"Could not {Operation} '{name}' with profile '{profile.Name}'";
        throw outcome switch
        {
            VoidValidity.Busy => new SegmentBusyException(
                $"{subject}: a live writer{Of(holder)} owns it. Stop that one, or choose another name.", Operation,
                name, holder),
            VoidValidity.Denied => new SharedMemoryException(
                $"{subject}: a segment of that name belongs to somebody else and may not be opened. Choose another "
                + "name.",
                Operation, name),
            _ => new SegmentExistsException(
                $"{subject}: the name leads to something that is not a segment of this profile "
                + $"({VoidCodes.SpecName(outcome)}). Remove it if nobody needs it, choose the profile it was written "
                + "with, or choose another name.",
                Operation, name),
        };
    }

    private static string Of(long processId) => processId == 0 ? string.Empty : $" (process {processId})";
}
