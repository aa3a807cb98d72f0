using System.CommandLine;
using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands;

/// <summary><c>plenum dump</c>: the bytes of a segment or entry.</summary>
internal sealed class DumpCommand : PlenumCommand
{
    internal const string Summary = "Dump a segment's bytes as hex and ASCII, or raw to a file.";

    private const int ChunkBytes = 1 << 20;

    private readonly Argument<string> _segment;
    private readonly Argument<string?> _entry;
    private readonly Option<long> _offset;
    private readonly Option<long> _size;
    private readonly Option<string?> _raw;
    private readonly Option<bool> _json;

    internal DumpCommand()
        : base("dump", Summary)
    {
        _segment = Declare(Symbols.Name(
            "SEGMENT", "A segment's name, protocol:NAME, or the path of a copied segment."));
        _entry = Declare(Symbols.OptionalName("ENTRY", "The name of one structure of a ZeroIPC segment."));
        _offset = Declare(Symbols.Size("--offset", "First byte, from the start of the segment or entry.", 0, "0"));
        _size = Declare(Symbols.Size("--size", "How many bytes; to the end by default.", long.MaxValue, "", "-s"));
        _raw = Declare(Symbols.FilePath("--raw", "Write the raw bytes to this file, or to stdout with -."));
        _json = Declare(Symbols.Json());
        Examples =
        [
            "plenum dump camera --size 128",
            "plenum dump sensors temperature --offset 16 --size 64",
            "plenum dump camera --raw camera.bin",
        ];
    }

    internal override int Run(CommandContext context)
    {
        SegmentSelector selector = SegmentSelector.Parse(context.Get(_segment));
        using SegmentImage image = selector.Open();
        long start = 0;
        long length = image.SizeBytes;
        if (context.Get(_entry) is { } name)
        {
            SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers(), selector.Protocol);
            EntryDescription entry = ShowCommand.FindEntry(description, name);
            start = entry.Offset;
            length = Math.Max(0, Math.Min(entry.SizeBytes, length - start));
        }

        long offset = context.Get(_offset);
        if (offset > length)
        {
            throw CommandException.Usage(string.Create(
                CultureInfo.InvariantCulture, $"--offset {offset} lies beyond the {length} bytes there are"));
        }

        long count = Math.Min(context.Get(_size), length - offset);
        if (context.Get(_raw) is { } path)
        {
            WriteRaw(image, start + offset, count, path);
        }
        else if (context.Get(_json))
        {
            WriteJson(context.Output, image, start + offset, count);
        }
        else
        {
            HexDump.Write(image, start + offset, count, context.Output);
        }

        return ExitCode.Success;
    }

    private static void WriteRaw(SegmentImage image, long offset, long count, string path)
    {
        using Stream target = ByteStreams.OpenOutput(path);
        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, Math.Max(count, 1))];
        for (long done = 0; done < count;)
        {
            int read = image.Read(offset + done, chunk.AsSpan(0, (int)Math.Min(chunk.Length, count - done)));
            if (read == 0)
            {
                break;
            }

            target.Write(chunk, 0, read);
            done += read;
        }
    }

    private static void WriteJson(TextWriter output, SegmentImage image, long offset, long count)
    {
        if (count > 256 * 1024 * 1024)
        {
            throw CommandException.Usage("--json dumps at most 256MiB; use --size or --raw");
        }

        byte[] bytes = image.ReadBytes(offset, (int)count);
        JsonOutput.Document(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", image.Name);
            json.WriteNumber("offset", offset);
            json.WriteNumber("sizeBytes", bytes.Length);
            json.WriteString("hex", Convert.ToHexStringLower(bytes));
            json.WriteEndObject();
        });
    }
}
