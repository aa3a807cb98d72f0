namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>One kind of structure and its operations.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Run">The <see cref="KindRun"/> that does them; generic over the element type, or over key and
/// value.</param>
/// <param name="Operations">The operations.</param>
internal sealed record StructureKind(string Name, string Summary, Type Run, IReadOnlyList<Operation> Operations);
