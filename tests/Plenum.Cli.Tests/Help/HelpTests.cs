using System.CommandLine;
using Plenum.Cli.Commands;
using Plenum.Cli.Commands.Help;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Tests.Help;

/// <summary>Every command explains itself; topics and completion scripts are whole.</summary>
public sealed class HelpTests
{
    [Fact]
    public void EveryCommand_Help_HasDescriptionExamplesAndExitCodes()
    {
        int commands = 0;
        var wrong = new List<string>();
        foreach (string[] path in Paths(CommandTable.Entries, []))
        {
            commands++;
            var run = CommandRun.InProcess([.. path, "--help"]);
            string name = string.Join(' ', path);
            Check(wrong, name, "exit code 0", run.ExitCode == 0);
            Check(wrong, name, "a description", run.Output.Contains("Description:", StringComparison.Ordinal));
            Check(wrong, name, "an example", run.Output.Contains("Examples:", StringComparison.Ordinal));
            Check(wrong, name, "exit codes", run.Output.Contains("xit code", StringComparison.Ordinal));
        }

        Assert.True(commands > 100, $"only {commands} commands were found");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("zerobuffer", "plenum zerobuffer read ")]
    [InlineData("void", "plenum void write ")]
    [InlineData("zeroipc", "plenum zeroipc create ")]
    [InlineData("zeroipc queue", "plenum zeroipc queue push ")]
    public void Group_Help_ShowsExamplesOfItsMembers(string group, string example)
    {
        var run = CommandRun.InProcess([.. group.Split(' '), "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(example, run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..],
            StringComparison.Ordinal);
    }

    [Fact]
    public void EveryExample_Words_AreUnderstood()
    {
        var wrong = new List<string>();
        foreach (string[] path in Paths(CommandTable.Entries, []))
        {
            foreach (string example in Command(path).Examples)
            {
                Check(wrong, string.Join(' ', path), $"an example with its name: {example}",
                    example.Contains(string.Join(' ', path), StringComparison.Ordinal));
                foreach (string[] words in CommandLines(example))
                {
                    Check(wrong, string.Join(' ', path), $"an example that parses: {example}",
                        CommandHost.Parse(words, out _).Errors.Count == 0);
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Help_WithoutTopic_ListsEveryTopicWithItsTitle()
    {
        string list = CommandRun.InProcess("help").Output;

        foreach (string topic in (string[])
            ["segments", "zerobuffer", "zeroipc", "void", "waiting", "crash", "names", "exit-codes", "recording",
                "performance"])
        {
            Assert.Contains("  " + topic + " ", list, StringComparison.Ordinal);
            var run = CommandRun.InProcess("help", topic);
            Assert.Equal(0, run.ExitCode);
            Assert.True(run.Output.Split('\n').Length > 8, topic);
            Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 118, $"{topic}: {line}"));
        }
    }

    [Fact]
    public void Help_CommandAndUnknown_AreToldApart()
    {
        Assert.Contains(
            "--payload-size", CommandRun.InProcess("help", "zerobuffer", "read").Output, StringComparison.Ordinal);
        var unknown = CommandRun.InProcess("help", "no-such-topic");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Single(unknown.ErrorLines);
    }

    internal static IEnumerable<string[]> Paths(IReadOnlyList<CommandEntry> entries, string[] before)
    {
        foreach (CommandEntry entry in entries.Where(entry => !entry.Hidden))
        {
            string[] path = [.. before, entry.Name];
            if (entry.Build() is CommandGroup group)
            {
                foreach (string[] inner in Paths(group.Entries, path))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return path;
            }
        }
    }

    private static PlenumCommand Command(string[] path)
    {
        IReadOnlyList<CommandEntry> entries = CommandTable.Entries;
        Command? command = null;
        foreach (string word in path)
        {
            command = entries.First(entry => entry.Name == word).Build();
            entries = command is CommandGroup group ? group.Entries : [];
        }

        return Assert.IsAssignableFrom<PlenumCommand>(command);
    }

    // The plenum commands of a shell line, without redirections.
    private static IEnumerable<string[]> CommandLines(string example)
    {
        foreach (string part in example.Split(['|', '(', ')', '&'], StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("plenum ", StringComparison.Ordinal) && !part.Contains('\'', StringComparison.Ordinal)
                && !part.Contains('"', StringComparison.Ordinal))
            {
                yield return [.. part.Split(' ').Skip(1).TakeWhile(word => word is not (">" or "#" or "2>" or ">>"))];
            }
        }
    }

    private static void Check(List<string> wrong, string command, string what, bool holds)
    {
        if (!holds)
        {
            wrong.Add($"{command} lacks {what}");
        }
    }
}
