using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>Names the steps between the stores of an operation, so that a test can stop or kill a process exactly
/// there.</summary>
/// <remarks>
/// A host that stores an <see cref="Action{T}"/> of the step's name as AppContext data before it uses the library gets
/// called at each step. Otherwise the field is a read-only null, which the JIT folds at its second tier: no
/// instruction of a call of <see cref="At"/> is left in optimised code.
/// </remarks>
internal static class StepHook
{
    /// <summary>The name of the AppContext data.</summary>
    internal const string DataName = "Plenum.ZeroIpc.StepHook";

    private static readonly Action<string>? s_hook = AppContext.GetData(DataName) as Action<string>;

    /// <summary>A step is reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void At(string step)
    {
        if (s_hook is not null)
        {
            s_hook(step);
        }
    }
}
