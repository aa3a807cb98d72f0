using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>Stops this process at a named step of the library, to be killed there or to go on.</summary>
internal static class StepStop
{
    /// <summary>
    /// <c>--die-at TAG [--hit N]</c>: at the N-th time prints <c>at TAG</c> and waits to be killed.
    /// <c>--pause-at TAG[:N],TAG[:N]</c> likewise goes on after a line of input. <c>--say TAG</c> prints every other
    /// time. <c>--trace</c> prints <c>steps</c>
    /// with every tag that was reached when the process ends. Must run before the library is used.
    /// </summary>
    public static void Install(PeerArguments arguments)
    {
        string dieAt = arguments.Text("die-at", string.Empty);
        Dictionary<string, long> pauses = Pauses(arguments.Text("pause-at", string.Empty));
        string say = arguments.Text("say", string.Empty);
        bool trace = arguments.Flag("trace");
        if (dieAt.Length + say.Length == 0 && pauses.Count == 0 && !trace)
        {
            return;
        }

        long left = arguments.Number("hit", 1);
        var seen = new HashSet<string>();
        if (trace)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                Line("steps " + string.Join(' ', seen.Order(StringComparer.Ordinal)));
        }

        Action<string> hook = step =>
        {
            if (trace)
            {
                seen.Add(step);
            }
            else if (step == dieAt && --left == 0)
            {
                WaitToBeKilled("at " + step);
            }
            else if (pauses.TryGetValue(step, out long until) && (pauses[step] = until - 1) == 0)
            {
                Line("at " + step);
                _ = Next();
            }
            else if (step == say)
            {
                Line("at " + step);
            }
        };
        AppContext.SetData("Plenum.Platform.StepHook", hook);
        AppContext.SetData("Plenum.ZeroBuffer.StepHook", hook);
        AppContext.SetData("Plenum.ZeroIpc.StepHook", hook);
    }

    private static Dictionary<string, long> Pauses(string list) => list
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(entry => entry.Split(':'))
        .ToDictionary(parts => parts[0], parts => parts.Length > 1 ? long.Parse(parts[1], null) : 1);
}
