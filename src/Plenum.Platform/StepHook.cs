namespace Plenum.Platform;

/// <summary>Names the steps between two system calls that others can see, so that a test can stop or kill a process
/// exactly there.</summary>
/// <remarks>A host that stores an <see cref="Action{T}"/> of the step's name as AppContext data before it uses the
/// library gets called at each step. Not on any path of a message.</remarks>
internal static class StepHook
{
    /// <summary>The name of the AppContext data.</summary>
    internal const string DataName = "Plenum.Platform.StepHook";

    private static readonly Action<string>? s_hook = AppContext.GetData(DataName) as Action<string>;

    /// <summary>A step is reached.</summary>
    internal static void At(string step) => s_hook?.Invoke(step);
}
