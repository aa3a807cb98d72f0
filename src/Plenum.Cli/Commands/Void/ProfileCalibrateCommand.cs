using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary><c>plenum void profile calibrate</c>: finds the layout of a writer that publishes known values.</summary>
internal sealed class ProfileCalibrateCommand : PlenumCommand
{
    internal const string Summary = "Find the layout of an unknown writer that publishes known values.";

    private readonly Argument<string> _name;
    private readonly Option<int> _channels;
    private readonly Option<int> _length;
    private readonly Option<string?> _values;
    private readonly Option<string?> _output;
    private readonly Option<int> _captures;
    private readonly Option<TimeSpan> _interval;

    internal ProfileCalibrateCommand()
        : base("calibrate", Summary)
    {
        _name = Declare(Symbols.Name("NAME", "The segment's name."));
        _channels = Declare(Symbols.Number("--channels", "Rows that the writer publishes.", 7, 1, 4096, "-c"));
        _length = Declare(Symbols.Number("--length", "Floats in each row.", 3, 1, 4096, "-l"));
        _values = Declare(Symbols.Text(
            "--values", "The values it publishes, separated by blanks; by default 1.5 2.5 3.5 and so on."));
        _output = Declare(Symbols.FilePath("--output", "Write the profile to this file instead of stdout.", "-o"));
        _captures = Declare(Symbols.Number("--captures", "How many times to look.", 8, 1, 64));
        _interval = Declare(Symbols.Duration(
            "--interval", "Time between two looks.", TimeSpan.FromMilliseconds(250), "250ms"));
        Examples = ["plenum void profile calibrate cal --channels 7 --length 3 --output found.json"];
        Remarks = """
            While it looks, let the writer publish the values a few times, then disconnect and connect it once: what
            grows with the writes is the frame, what grows with the connection is the epoch. Findings go to stderr.
            Exit code 1 when none was found.
            """;
    }

    internal override int Run(CommandContext context)
    {
        string name = VoidArguments.Name(context.Get(_name));
        float[] values = Values(context);
        var calibrator = new VoidCalibrator(context.Get(_channels), context.Get(_length), values);
        VoidValidity code = VoidValidity.Missing;
        bool gone = false;
        for (int i = 0; i < context.Get(_captures); i++)
        {
            VoidValidity seen = calibrator.Capture(name);
            code = calibrator.ImageCount > 0 ? VoidValidity.Ok : seen;
            if (seen == VoidValidity.Missing && !gone && calibrator.ImageCount > 0)
            {
                calibrator.Reconnected();
            }

            gone = seen == VoidValidity.Missing;
            if (i + 1 < context.Get(_captures) && !context.Delay(context.Get(_interval)))
            {
                throw new OperationCanceledException(context.Cancellation);
            }
        }

        return calibrator.ImageCount == 0
            ? throw VoidArguments.Failure(name, code)
            : Report(context, calibrator.Solve(name));
    }

    private int Report(CommandContext context, VoidCalibrationReport report)
    {
        foreach (string line in report.Findings)
        {
            context.Error.WriteLine(line);
        }

        foreach (string line in report.Open)
        {
            context.Error.WriteLine($"open: {line}");
        }

        if (report.Profile is not { } profile)
        {
            context.Error.WriteLine("plenum: no layout explains what was seen");
            return ExitCode.Problem;
        }

        if (context.Get(_output) is { } path)
        {
            VoidProfileFile.Save(profile, path);
            context.Output.WriteLine(
                $"wrote {path}{(report.Equivalent is { } same ? $", the same layout as '{same}'" : string.Empty)}");
        }
        else
        {
            context.Output.WriteLine(VoidProfileFile.ToJson(profile));
        }

        return ExitCode.Success;
    }

    private float[] Values(CommandContext context)
    {
        int count = context.Get(_channels) * context.Get(_length);
        if (context.Get(_values) is not { } text)
        {
            return [.. Enumerable.Range(0, count).Select(i => i + 1.5f)];
        }

        string[] words = text.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select(
            word => float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw CommandException.Usage($"--values: '{word}' is not a number"))];
    }
}
