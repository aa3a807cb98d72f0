using System.Text;
using Plenum.Platform;
using Plenum.VoidShm.Profiles;

namespace Plenum.VoidShm;

/// <summary>Finds the layout of an unknown writer from the outside, by what it publishes (spec voidshm 3.4).</summary>
/// <remarks>
/// <para>Let the unknown writer publish distinctive values of a distinctive shape (7 channels of 3 floats are a good
/// choice), take images of its
/// segment while it writes, let it reconnect once, and solve. Only published bytes are looked at; no program is taken
/// apart.</para>
/// <para>What each image settles: the values give the payload's offset and the byte order; that offset and the shape
/// give
/// <c>header_size</c>, <c>channels</c> and <c>length</c>; the cell that grows from write to write is <c>frame</c>; the
/// one that
/// grows with a reconnection is <c>epoch</c>; known owner strings give their places and capacities.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
public sealed class VoidCalibrator
{
    private const int MaxImages = 256;

    private readonly int _channels;
    private readonly int _length;
    private readonly float[] _values;
    private readonly VoidOwner? _owner;
    private readonly List<CalibrationImage> _images = [];
    private int _connection;

    /// <summary>Prepares a calibration.</summary>
    /// <param name="channels">Rows the writer was told to publish; other than <paramref name="length"/>, and neither of
    /// them 2.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="values">The values it publishes, all of them; at least 4, not all the same.</param>
    /// <param name="owner">The owner strings if they are known.</param>
    /// <exception cref="ArgumentException">The values cannot be recognised.</exception>
    public VoidCalibrator(int channels, int length, ReadOnlySpan<float> values, VoidOwner? owner = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (values.Length != channels * length || values.Length < 4 || !values.ContainsAnyExcept(values[0]))
        {
            throw new ArgumentException(
                $"A calibration needs {channels * length} values, at least 4 and not all the same; {values.Length} "
                + "were given.",
                nameof(values));
        }

        if (channels == length || channels == 2 || length == 2)
        {
            throw new ArgumentException(
                "Choose a shape whose channels and length differ from each other and from the version, 2; for "
                + "example 7 x 3.",
                nameof(channels));
        }

        _channels = channels;
        _length = length;
        _values = values.ToArray();
        _owner = owner;
    }

    /// <summary>Number of images taken.</summary>
    public int ImageCount => _images.Count;

    /// <summary>Adds an image of the segment.</summary>
    /// <param name="bytes">Its first bytes: header and payload.</param>
    /// <param name="writesSinceFirst">Writes since the first image of this connection, if known.</param>
    /// <exception cref="InvalidOperationException">Too many images.</exception>
    public void AddImage(ReadOnlySpan<byte> bytes, long? writesSinceFirst = null)
    {
        if (_images.Count >= MaxImages)
        {
            throw new InvalidOperationException($"{MaxImages} images are enough; solve.");
        }

        _images.Add(new CalibrationImage(bytes.ToArray(), _connection, writesSinceFirst));
    }

    /// <summary>Takes an image of a live segment and adds it when it differs from the last one.</summary>
    /// <param name="name">Name of the segment, exactly as the system knows it.</param>
    /// <returns>Ok when an image was taken or nothing had changed; otherwise why not.</returns>
    public VoidValidity Capture(string name)
    {
        if (!SegmentName.TryParse(name, out SegmentName? segment) || segment is null)
        {
            return VoidValidity.BadName;
        }

        using var sampler = new SegmentSampler(segment);
        SegmentOpenStatus status = sampler.Open();
        if (status != SegmentOpenStatus.Opened)
        {
            return status == SegmentOpenStatus.NotFound ? VoidValidity.Missing : VoidValidity.Denied;
        }

        long wanted = VoidLayout.MaxHeaderBytes + ((long)_values.Length * sizeof(float));
        byte[] bytes = new byte[Math.Min(sampler.SizeBytes, wanted)];
        int read = (int)sampler.Read<byte>(0, bytes);
        ReadOnlySpan<byte> image = bytes.AsSpan(0, read);
        if (_images.Count == 0 || !image.SequenceEqual(_images[^1].Bytes))
        {
            AddImage(image);
        }

        return VoidValidity.Ok;
    }

    /// <summary>Says that the writer was disconnected and connected again since the last image.</summary>
    public void Reconnected() => _connection++;

    /// <summary>Finds the layout that explains every image.</summary>
    /// <param name="name">Name for the profile.</param>
    /// <exception cref="InvalidOperationException">No image was added.</exception>
    public VoidCalibrationReport Solve(string name = "calibrated")
    {
        if (_images.Count == 0)
        {
            throw new InvalidOperationException(
                "A calibration needs at least one image; capture one while the writer publishes.");
        }

        var solver = new CalibrationSolver(_images, _channels, _length, _values, _owner ?? VoidOwner.None);
        return solver.Solve(name);
    }

    /// <summary>Encodes an owner string as it would stand in a header.</summary>
    internal static byte[] TextBytes(string text) => Encoding.UTF8.GetBytes(text);
}
