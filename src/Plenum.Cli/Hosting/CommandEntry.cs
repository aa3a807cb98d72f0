using System.CommandLine;

namespace Plenum.Cli.Hosting;

/// <summary>A subcommand that is built only when it is asked for.</summary>
internal sealed record CommandEntry(string Name, string Description, Func<Command> Build, bool Hidden = false);
