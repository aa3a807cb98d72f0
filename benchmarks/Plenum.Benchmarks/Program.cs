using BenchmarkDotNet.Running;
using Plenum.Benchmarks.ZeroIpc;

namespace Plenum.Benchmarks;

/// <summary>Benchmarks. <c>dotnet run -c Release -- zeroipc-ops</c> and the like run a measurement of our own; everything
/// else goes to BenchmarkDotNet (<c>-- --filter '*Queue*'</c>).</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string verb = args.Length > 0 ? args[0] : string.Empty;
        string[] rest = args.Length > 0 ? args[1..] : [];
        switch (verb)
        {
            case "zeroipc-ops":
                return PairedOperations.Run(rest);
            case "zeroipc-two":
                return TwoProcesses.Run(rest);
            case TwoProcesses.PeerVerb:
                return TwoProcessPeer.Run(rest);
            default:
                _ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
