using System.CommandLine;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Commands.Help;

/// <summary><c>plenum completion</c>: scripts that teach a shell the command's words.</summary>
internal sealed class CompletionCommand : PlenumCommand
{
    internal const string Summary = "Print the completion script of a shell.";

    private const string Bash = """
        # plenum completion for bash: source <(plenum completion bash)
        _plenum() {
          local IFS=$'\n' cur=${COMP_WORDS[COMP_CWORD]}
          local line=${COMP_LINE:0:COMP_POINT} words=()
          IFS=$' \t\n' read -ra words <<< "$line"
          [[ $line == *[[:space:]] ]] && words+=("")
          local last=${words[${#words[@]}-1]}
          COMPREPLY=($("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null))
          # Bash breaks words at colons: what it already has is taken off.
          if [[ $last == *:* && $COMP_WORDBREAKS == *:* ]]; then
            local i
            for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"${last%:*}:"}; done
          fi
        }
        complete -o default -o nosort -F _plenum plenum

        """;

    private const string Zsh = """
        #compdef plenum
        # plenum completion for zsh: source <(plenum completion zsh), after compinit
        _plenum() {
          local -a found
          found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
          found=(${found:#})
          if (( ${#found} )); then
            compadd -a found
          else
            _files
          fi
        }
        compdef _plenum plenum

        """;

    private const string Fish = """
        # plenum completion for fish: plenum completion fish | source
        function __plenum_complete
            set -l words (commandline -opc)
            set -l last (commandline -ct)
            $words[1] complete -- $words[2..-1] "$last" 2>/dev/null
        end
        complete -c plenum -f -n 'test -n "(__plenum_complete)"' -a '(__plenum_complete)'

        """;

    private const string PowerShell = """
        # plenum completion for PowerShell: plenum completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName plenum -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
                Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
            & $commandAst.CommandElements[0].ToString() complete -- @words "$wordToComplete" 2>$null |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    private readonly Argument<string> _shell;

    internal CompletionCommand()
        : base("completion", Summary)
    {
        _shell = Declare(Symbols.Name("SHELL", "bash, zsh, fish or powershell."));
        Examples =
        [
            "source <(plenum completion bash)",
            "plenum completion fish > ~/.config/fish/completions/plenum.fish",
        ];
        Remarks = """
            The script asks 'plenum complete' for every Tab, so it knows commands, options, their words and the
            segments that exist at that moment. Exit code: 0; 2 another shell.
            """;
    }

    internal static IReadOnlyList<string> Shells { get; } = ["bash", "fish", "powershell", "zsh"];

    internal override int Run(CommandContext context)
    {
        string shell = context.Get(_shell);
        context.Output.Write(shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            "powershell" => PowerShell,
            _ => throw CommandException.Usage($"completion: '{shell}' is not bash, zsh, fish or powershell"),
        });
        return ExitCode.Success;
    }
}
