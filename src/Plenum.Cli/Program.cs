using Plenum.Cli.Hosting;

namespace Plenum.Cli;

internal static class Program
{
    private static int Main(string[] args) => CommandHost.Run(args);
}
