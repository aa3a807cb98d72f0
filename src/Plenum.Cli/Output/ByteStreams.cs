using Microsoft.Win32.SafeHandles;
using Plenum.Cli.Hosting;

namespace Plenum.Cli.Output;

/// <summary>Opens files and the standard streams for raw bytes; <c>-</c> means the standard stream.</summary>
internal static class ByteStreams
{
    private const int BufferBytes = 64 * 1024;

    internal static Stream OpenInput(string path)
    {
        if (path == "-")
        {
            return OpenStandard(0, FileAccess.Read) ?? Console.OpenStandardInput();
        }

        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CommandException.Usage($"cannot read '{path}': there is no such file");
        }
    }

    internal static Stream OpenOutput(string path)
    {
        if (path == "-")
        {
            return OpenStandardOutput(BufferBytes);
        }

        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
        }
        catch (DirectoryNotFoundException)
        {
            throw CommandException.Usage($"cannot write '{path}': its folder does not exist");
        }
    }

    // A file stream keeps an offset of its own in a file, and what the shell lets others write there afterwards would
    // overwrite it; the console's stream writes where the shell's offset is. Only pipes break.
    internal static Stream OpenStandardOutput(int bufferBytes)
    {
        FileStream? plain = OpenStandard(1, FileAccess.Write, bufferBytes);
        if (plain is { CanSeek: false })
        {
            return plain;
        }

        Stream console = Console.OpenStandardOutput();
        return bufferBytes == 0 ? console : new BufferedStream(console, bufferBytes);
    }

    // The console's own stream swallows "broken pipe"; a plain file handle reports it.
    private static FileStream? OpenStandard(int descriptor, FileAccess access, int bufferBytes = BufferBytes) =>
        OperatingSystem.IsWindows()
            ? null
            : new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferBytes, isAsync: false);
}
