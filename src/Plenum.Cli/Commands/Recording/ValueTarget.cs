using System.Globalization;
using System.Reflection;
using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Recording;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Plays values into a ZeroIPC structure, created when it is not there.</summary>
internal static class ValueTarget
{
    private const long SegmentBytes = 10 << 20;

    /// <summary>Opens or creates the structure.</summary>
    /// <exception cref="CommandException">The recording does not say enough, or names what does not exist.</exception>
    internal static ReplayTarget Open(string segment, string entry, string? structure, RecordingDescription description)
    {
        string kind = structure ?? description.Property("structure") ?? "queue";
        string size = description.Number("element-size", 0).ToString(CultureInfo.InvariantCulture);
        var type = ElementType.Find("element type", description.Property("element-type") ?? "bytes:" + size);
        SharedMemory memory = SharedMemory.CreateOrOpen(segment, SegmentBytes);
        try
        {
            return (ReplayTarget)Activator.CreateInstance(
                typeof(ValueTarget<>).MakeGenericType(type.Type),
                BindingFlags.Instance | BindingFlags.NonPublic,
                null,
                [memory, entry, kind, type.Element],
                null)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            memory.Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
