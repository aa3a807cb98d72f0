using System.Buffers;
using System.Globalization;
using System.Text;
using Plenum.Cli.Output;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Void;

/// <summary>Prints snapshots in one of the formats, each flushed.</summary>
internal sealed class VoidFrameOutput(TextWriter output, string format) : IDisposable
{
    private Stream? _raw;
    private (int Channels, int Length) _headed;

    public void Dispose() => _raw?.Dispose();

    internal void Write(in VoidSnapshot snapshot, ReadOnlySpan<float> values)
    {
        switch (format)
        {
            case "values":
                WriteValues(snapshot, values);
                break;
            case "csv":
                WriteCsv(snapshot, values);
                break;
            case "json":
                var buffer = new ArrayBufferWriter<byte>();
                VoidJson.WriteFrame(buffer, snapshot, values);
                output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan).TrimEnd('\n'));
                output.Write('\n');
                break;
            case "raw":
                WriteRaw(values);
                break;
            default:
                WriteRow(string.Empty, values);
                break;
        }

        output.Flush();
    }

    private void WriteValues(in VoidSnapshot snapshot, ReadOnlySpan<float> values)
    {
        for (int channel = 0; channel < snapshot.Channels; channel++)
        {
            WriteRow(
                string.Create(CultureInfo.InvariantCulture, $"{channel} "),
                VoidProjection.Channel(values, snapshot.Channels, snapshot.Length, channel));
        }
    }

    private void WriteRow(string start, ReadOnlySpan<float> values)
    {
        output.Write(start);
        for (int i = 0; i < values.Length; i++)
        {
            output.Write(i == 0 ? string.Empty : " ");
            output.Write(values[i].ToString("R", CultureInfo.InvariantCulture));
        }

        output.Write('\n');
    }

    private void WriteCsv(in VoidSnapshot snapshot, ReadOnlySpan<float> values)
    {
        // A new shape gets new column names.
        if (_headed != (snapshot.Channels, snapshot.Length))
        {
            _headed = (snapshot.Channels, snapshot.Length);
            VoidCsv.WriteHeader(output, snapshot.Channels, snapshot.Length);
        }

        VoidCsv.WriteFrame(output, snapshot.Frame, snapshot.WriteTimeNanoseconds, values);
    }

    private void WriteRaw(ReadOnlySpan<float> values)
    {
        _raw ??= ByteStreams.OpenOutput("-");
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        _raw.Write(bytes);
        _raw.Flush();
    }
}
