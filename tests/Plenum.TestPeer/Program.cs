using System.Reflection;

namespace Plenum.TestPeer;

/// <summary>
/// The second process of cross-process tests: <c>peer VERB --long-flags</c>. A verb is a public static method with a
/// <see cref="VerbAttribute"/> in any class of this assembly, taking <see cref="PeerArguments"/> and returning the exit
/// code.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string verb = args.Length > 0 ? args[0] : string.Empty;
        foreach (Type type in typeof(Program).Assembly.GetTypes())
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            {
                if (method.GetCustomAttribute<VerbAttribute>()?.Name == verb)
                {
                    var run = method.CreateDelegate<Func<PeerArguments, int>>();
                    return Run(run, new PeerArguments(args[1..]));
                }
            }
        }

        Console.Error.WriteLine($"peer: unknown verb '{verb}'");
        return 2;
    }

    private static int Run(Func<PeerArguments, int> verb, PeerArguments arguments)
    {
        try
        {
            return verb(arguments);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            PeerOutput.Line($"error {e.GetType().Name} {e.Message}");
            return 1;
        }
    }
}
