using System.Globalization;
using Plenum.Benchmarks;
using Plenum.Benchmarks.Cases.Scaling;
using Plenum.Benchmarks.Harness;
using Plenum.Benchmarks.ZeroIpc;
using Plenum.Platform;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case "partner":
        int processor = int.Parse(args[1], CultureInfo.InvariantCulture);
        _ = processor >= 0 && ProcessorAffinity.TryPin(processor);
        new PartnerSide(Console.In, Console.Out).Run();
        return 0;
    case "sample":
        return Sampler.Run(
            args[1], int.Parse(args[2], CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(int.Parse(args[3], CultureInfo.InvariantCulture)), Console.Out);
    case CrowdCase.Verb:
        return CrowdCase.Run(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
    case "zeroipc-ops":
        return PairedOperations.Run(args[1..]);
    default:
        return Commands.Run(args);
}
