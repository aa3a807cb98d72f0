using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;

namespace Plenum.Cli.Commands.Shell;

/// <summary>Runs the lines of a shell.</summary>
internal sealed class ShellSession(TextWriter output, TextWriter error)
{
    private const string Help = """
        ls [PATH]             segments, or the entries of one
        cd [PATH]             go to a segment: cd /sensors, cd .., cd /
        pwd                   where you are
        cat NAME              everything known about a structure, or a segment
        KIND OP NAME [V...]   any operation of a kind, on the current segment: queue push jobs 1 2 3 --type i32
                              (NAME may be /segment/name; the kinds: KINDS)
        zeroipc ..., list, show, monitor, ...
                              any other plenum command, as from outside
        help [TOPIC]          this, or a topic of 'plenum help'
        exit                  leave; also the end of the input
        """;

    private static readonly string[] s_own = ["ls", "cd", "pwd", "cat", "help", "exit", "quit"];

    /// <summary>Where the session is.</summary>
    internal ShellPath Place { get; set; } = ShellPath.Root;

    internal bool HasEnded { get; private set; }

    /// <summary>The exit code of the first line that failed; 0 when none did.</summary>
    internal int FirstFailure { get; private set; }

    internal static IEnumerable<string> OwnCommands => s_own;

    /// <summary>Runs a line; errors are printed, never thrown.</summary>
    /// <returns>Its exit code.</returns>
    internal int Execute(string line)
    {
        int code;
        try
        {
            List<string> words = ShellWords.Split(line);
            code = words.Count == 0 ? ExitCode.Success : Run(words);
        }
        catch (Exception e) when (e is CommandException or IOException or ArgumentException)
        {
            output.Flush();
            error.WriteLine($"plenum: {ErrorReport.LineOf(e)}");
            code = ErrorReport.ExitCodeOf(e);
        }

        output.Flush();
        FirstFailure = FirstFailure == 0 ? code : FirstFailure;
        return code;
    }

    private int Run(List<string> words)
    {
        string? argument = words.Count > 1 ? words[1] : null;
        switch (words[0])
        {
            case "exit" or "quit":
                HasEnded = true;
                return ExitCode.Success;
            case "pwd":
                output.WriteLine(Place.ToString());
                return ExitCode.Success;
            case "cd":
                ShellPath to = argument is null ? ShellPath.Root : Place.Resolve(argument);
                ShellTree.Require(to);
                Place = to;
                return ExitCode.Success;
            case "ls":
                ShellTree.List(output, argument is null ? Place : Place.Resolve(argument));
                return ExitCode.Success;
            case "cat":
                return Cat(argument ?? throw CommandException.Usage("cat: say what"), words);
            case "help" when argument is null:
                output.WriteLine(Help.Replace(
                    "KINDS", string.Join(' ', StructureKinds.All.Select(kind => kind.Name)), StringComparison.Ordinal));
                return ExitCode.Success;
            default:
                return Route(words);
        }
    }

    private int Cat(string path, List<string> words)
    {
        ShellPath place = Place.Resolve(path);
        string segment = place.Segment ?? throw CommandException.Usage("cat: '/' is no segment; 'ls' lists them");

        // A whole segment may be of any protocol; only ZeroIPC ones have entries.
        string[] shown = place.Entry is null ? [segment] : ["zeroipc:" + segment, place.Entry];
        return CommandHost.Run(["show", .. shown, .. words.Skip(2)], output, error);
    }

    // "queue push jobs 1" inside /sensors is "zeroipc queue push sensors jobs 1" outside.
    private int Route(List<string> words)
    {
        if (words is ["zeroipc", "shell", ..])
        {
            throw CommandException.Usage("shell: this is one already");
        }

        if (StructureKinds.All.All(kind => kind.Name != words[0]))
        {
            return CommandHost.Run([.. words[0] == "plenum" ? words.Skip(1) : words], output, error);
        }

        var full = new List<string>(words);
        if (words.Count > 2 && words[2].StartsWith('/') && words[2].IndexOf('/', 1) > 0)
        {
            ShellPath place = ShellPath.Root.Resolve(words[2]);
            full[2] = place.Segment!;
            full.Insert(3, place.Entry!);
        }
        else if (Place.Segment is { } segment && words.Count > 2)
        {
            full.Insert(2, segment);
        }

        return CommandHost.Run(["zeroipc", .. full], output, error);
    }
}
