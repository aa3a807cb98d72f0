using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Plenum.Cli.Hosting;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>What a run of the command left: exit code and streams.</summary>
internal sealed partial record CommandRun(int ExitCode, byte[] OutputBytes, string Error)
{
    private const int SigInt = 2;

    internal string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>The lines of stderr.</summary>
    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The last line of stdout, as JSON.</summary>
    internal JsonElement LastLineJson => Parse(Output.TrimEnd('\n').Split('\n')[^1]);

    /// <summary>All of stdout, as JSON.</summary>
    internal JsonElement Json => Parse(Output);

    /// <summary>Runs in this process: quick, for everything that needs no real streams or signals.</summary>
    internal static CommandRun InProcess(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = CommandHost.Run(args, output, error);
        return new CommandRun(code, Encoding.UTF8.GetBytes(output.ToString()), error.ToString());
    }

    /// <summary>Starts the built command as a process with all streams redirected.</summary>
    internal static Process Start(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.ArgumentList.Add("exec");
        info.ArgumentList.Add(Repository.AssemblyOf("Plenum.Cli", "plenum"));
        foreach (string arg in args)
        {
            info.ArgumentList.Add(arg);
        }

        info.Environment["NO_COLOR"] = "1";
        PeerProcess.LeaveNoDiagnosticFiles(info);
        return Process.Start(info)!;
    }

    /// <summary>Runs the built command as a process, with some input.</summary>
    internal static CommandRun Spawn(byte[]? input, params string[] args)
    {
        using Process process = Start(args);
        return Finish(process, input);
    }

    /// <summary>Feeds a started process and waits for its end.</summary>
    internal static CommandRun Finish(Process process, byte[]? input = null)
    {
        Task<byte[]> copy = ReadAllAsync(process.StandardOutput.BaseStream);
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            if (input is not null)
            {
                process.StandardInput.BaseStream.Write(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want the input.
        }

        // Long enough for two processors that fifty others want.
        if (!process.WaitForExit(Campaign.IsFull ? 600_000 : 180_000))
        {
            process.Kill();
            throw new TimeoutException($"plenum {string.Join(' ', process.StartInfo.ArgumentList)} did not end");
        }

        return new CommandRun(process.ExitCode, copy.Result, error.Result);
    }

    /// <summary>Ctrl-C, as a terminal sends it.</summary>
    internal static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, SigInt));

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
