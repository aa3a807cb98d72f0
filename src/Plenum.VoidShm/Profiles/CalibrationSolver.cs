namespace Plenum.VoidShm.Profiles;

/// <summary>The steps of a calibration, each on all images (spec voidshm 3.4).</summary>
internal sealed class CalibrationSolver
{
    private readonly IReadOnlyList<CalibrationImage> _images;
    private readonly int _channels;
    private readonly int _length;
    private readonly float[] _values;
    private readonly VoidOwner _owner;
    private readonly List<string> _findings = [];
    private readonly List<string> _open = [];
    private bool _bigEndian;
    private int _header;

    internal CalibrationSolver(
        IReadOnlyList<CalibrationImage> images, int channels, int length, float[] values, VoidOwner owner)
    {
        _images = images;
        _channels = channels;
        _length = length;
        _values = values;
        _owner = owner;
    }

    internal VoidCalibrationReport Solve(string name)
    {
        if (!FindPayload() || FindShape() is not { } shape)
        {
            return Failed();
        }

        int version = FindVersion(shape.HeaderSize);
        int frame = FindFrame(shape.End);
        if (version < 0 || frame < 0)
        {
            return Failed();
        }

        (int epoch, int epochSize) = FindEpoch(shape.End, frame);
        if (epoch < 0)
        {
            return Failed();
        }

        (int text, int[] capacities, int frameSize) = FindTexts(frame);
        if (!HasRoomForTexts(text, capacities))
        {
            return Failed();
        }

        int versionSize = shape.HeaderSize - version >= 4 ? 4 : 2;
        var profile = new VoidProfile
        {
            Name = name,
            Description = "calibrated from a live writer",
            Magic = (uint)Image.Number(0, 4, _bigEndian),
            Endian = _bigEndian ? VoidEndian.Big : VoidEndian.Little,
            Trailer = false,
            VersionWidth = Width(versionSize),
            HeaderSizeWidth = Width(shape.HeaderSizeBytes),
            ChannelsWidth = Width(shape.CellBytes),
            LengthWidth = Width(shape.CellBytes),
            EpochWidth = Width(epochSize),
            FrameWidth = Width(frameSize),
            OwnerAppBytes = capacities[0],
            OwnerProjectBytes = capacities[1],
            OwnerNodeBytes = capacities[2],
            HeaderBytes = _header,
            Offsets = new VoidFieldOffsets
            {
                Magic = 0,
                Version = version,
                HeaderSize = shape.HeaderSize,
                Channels = shape.Channels,
                Length = shape.Channels + shape.CellBytes,
                Epoch = epoch,
                Frame = frame,
                OwnerApp = text,
                OwnerProject = text + capacities[0],
                OwnerNode = text + capacities[0] + capacities[1],
            },
        };
        return Check(profile);
    }

    private CalibrationImage Image => _images[^1];

    private static VoidFieldWidth Width(int size) =>
        size == 2 ? VoidFieldWidth.U16 : size == 8 ? VoidFieldWidth.U64 : VoidFieldWidth.U32;

    private bool HasRoomForTexts(int text, int[] capacities)
    {
        bool room = !capacities.Any(capacity => capacity is < 1 or > 4096);
        if (!room)
        {
            _findings.Add($"no room for three strings between {text} and {_header}");
        }

        return room;
    }

    private VoidCalibrationReport Failed() => new(null, null, _findings, _open);

    private bool FindPayload()
    {
        foreach (bool big in new[] { false, true })
        {
            int at = Image.Find(_values, big);
            if (at >= 0 && _images.All(i => i.Find(_values, big) == at))
            {
                _bigEndian = big;
                _header = at;
                string order = big ? "most" : "least";
                _findings.Add($"the {_values.Length} values lie at offset {at}, {order} significant byte first");
                return true;
            }
        }

        _findings.Add("the values were not found at one place of every image: let the writer publish exactly them, "
            + "and nothing else");
        return false;
    }

    private readonly record struct Shape(int HeaderSize, int HeaderSizeBytes, int Channels, int CellBytes)
    {
        internal int End => Channels + (2 * CellBytes);
    }

    // header_size, then channels, then length: the first chain of cells with these values.
    private Shape? FindShape()
    {
        foreach (int size in new[] { 4, 2, 8 })
        {
            for (int at = 4; at + size <= _header; at += 2)
            {
                if (!Everywhere(at, size, (ulong)_header))
                {
                    continue;
                }

                foreach (int cell in new[] { 8, 4 })
                {
                    for (int c = at + size; c + (2 * cell) <= _header; c += 2)
                    {
                        if (Everywhere(c, cell, (ulong)_channels) && Everywhere(c + cell, cell, (ulong)_length))
                        {
                            _findings.Add(
                                $"header_size ({size} bytes) at {at}, channels and length ({cell} bytes each) at {c}");
                            return new Shape(at, size, c, cell);
                        }
                    }
                }
            }
        }

        _findings.Add($"no cell holds the header's size {_header} before one with {_channels} channels and one with "
            + $"length {_length}");
        return null;
    }

    private bool Everywhere(int offset, int size, ulong value) =>
        _images.All(i => i.Number(offset, size, _bigEndian) == value);

    private int FindVersion(int headerSize)
    {
        for (int at = 4; at < headerSize; at += 2)
        {
            int size = headerSize - at >= 4 ? 4 : 2;
            if (Everywhere(at, size, 2))
            {
                _findings.Add($"version ({size} bytes) at {at}, magic 0x{Image.Number(0, 4, _bigEndian):X8} at 0");
                return at;
            }
        }

        _findings.Add("no cell before header_size holds the version, 2");
        return -1;
    }

    // The low half of the counter: the cell that grows, and by the number of writes where that is known.
    private int FindFrame(int from)
    {
        for (int at = from; at + 4 <= _header; at += 4)
        {
            if (GrowsWithWrites(at))
            {
                // Most significant byte first, a cell of zeros before it is the counter's upper half: nothing else
                // leaves a gap there.
                int low = _bigEndian && at - 4 >= from && Everywhere(at - 4, 4, 0) ? at - 4 : at;
                _findings.Add($"frame at {low}: it grows from write to write");
                return low;
            }
        }

        _findings.Add("no cell grew from image to image: take images while the writer writes");
        return -1;
    }

    private bool GrowsWithWrites(int offset)
    {
        bool grew = false;
        for (int i = 1; i < _images.Count; i++)
        {
            CalibrationImage before = _images[i - 1];
            CalibrationImage now = _images[i];
            if (before.Connection != now.Connection)
            {
                continue;
            }

            long step = (long)now.Number(offset, 4, _bigEndian) - (long)before.Number(offset, 4, _bigEndian);
            if (step < 0 || (now.Writes - before.Writes is { } writes && step != writes))
            {
                return false;
            }

            grew |= step > 0;
        }

        return grew;
    }

    // Before frame by the documented order. A reconnection shows the cell; without one the room between length and
    // frame decides.
    private (int Offset, int Size) FindEpoch(int from, int frame)
    {
        int room = frame - from;
        int size = room >= 8 ? 8 : 4;
        int at = frame - size;
        if (room < 4)
        {
            _findings.Add($"no room for an epoch between length and frame ({room} bytes)");
            return (-1, 0);
        }

        if (_images[^1].Connection == 0)
        {
            _open.Add("epoch is placed by its room only; disconnect and connect the writer once between two images");
            return (at, size);
        }

        for (int cell = from; cell + 4 <= frame; cell += 4)
        {
            if (GrowsWithConnections(cell))
            {
                int low = _bigEndian && size == 8 ? cell - 4 : cell;
                int cellSize = frame - low >= 8 ? 8 : 4;
                _findings.Add($"epoch ({cellSize} bytes) at {low}: it grew with the reconnection");
                return (low, cellSize);
            }
        }

        _findings.Add("no cell between length and frame grew with the reconnection");
        return (-1, 0);
    }

    private bool GrowsWithConnections(int offset)
    {
        for (int i = 1; i < _images.Count; i++)
        {
            bool reconnected = _images[i].Connection != _images[i - 1].Connection;
            ulong before = _images[i - 1].Number(offset, 4, _bigEndian);
            ulong now = _images[i].Number(offset, 4, _bigEndian);
            if (reconnected ? now <= before : now != before)
            {
                return false;
            }
        }

        return true;
    }

    private (int Text, int[] Capacities, int FrameSize) FindTexts(int frame)
    {
        ReadOnlySpan<byte> header = Image.Bytes.AsSpan(0, _header);
        int app = Locate(header, _owner.App, frame + 4);
        if (app >= 0)
        {
            int frameSize = app - frame >= 8 ? 8 : 4;
            int project = Locate(header, _owner.Project, app + 1);
            int node = project < 0 ? -1 : Locate(header, _owner.Node, project + 1);
            if (node >= 0)
            {
                _findings.Add($"owner strings at {app}, {project} and {node}; frame has {frameSize} bytes");
                int last = Math.Min(_header - node, node - project);
                return (app, [project - app, node - project, last], frameSize);
            }

            _open.Add("only owner_app was found; the three strings are taken to be equally long");
            return (app, Equal(app), frameSize);
        }

        // Without strings the capacity decides: a multiple of 16 for one width of frame, not for the other.
        bool wide = (_header - frame - 8) / 3 is var c && c > 0 && c % 16 == 0 && (_header - frame - 8) % 3 == 0;
        int size = wide ? 8 : 4;
        _open.Add($"the owner strings are empty or unknown; frame is taken to have {size} bytes. Give the writer "
            + "owner strings");
        return (frame + size, Equal(frame + size), size);
    }

    private int[] Equal(int from)
    {
        int capacity = (_header - from) / 3;
        int rounded = capacity / 16 * 16;
        capacity = rounded > 0 && _header - from - (3 * rounded) < 8 ? rounded : capacity;
        return [capacity, capacity, capacity];
    }

    private static int Locate(ReadOnlySpan<byte> header, string text, int from)
    {
        if (text.Length == 0 || from >= header.Length)
        {
            return -1;
        }

        int at = header[from..].IndexOf(VoidCalibrator.TextBytes(text + "\0"));
        return at < 0 ? -1 : from + at;
    }

    private VoidCalibrationReport Check(VoidProfile profile)
    {
        VoidLayout layout;
        try
        {
            layout = profile.Layout;
        }
        catch (ArgumentException e)
        {
            _findings.Add(e.Message);
            return Failed();
        }

        foreach (CalibrationImage image in _images)
        {
            VoidValidity code = layout.Validate(layout.Decode(image.Bytes), image.Bytes.Length);
            if (code != VoidValidity.Ok)
            {
                _findings.Add($"an image contradicts the layout: {VoidCodes.SpecName(code)}");
                return Failed();
            }
        }

        VoidProfile? same = VoidProfiles.Rivals.FirstOrDefault(r => SameLayout(r, profile, layout));
        _findings.Add(same is null ? "no built-in profile has this layout" : $"the layout is that of the built-in "
            + $"profile '{same}'");
        return new VoidCalibrationReport(profile, same?.Name, _findings, _open);
    }

    private static bool SameLayout(VoidProfile rival, VoidProfile profile, VoidLayout layout) =>
        (rival.Endian == VoidEndian.Big) == layout.BigEndian
        && rival.WithStringCapacity(profile.OwnerAppBytes).Layout is var other
        && other.HeaderBytes == layout.HeaderBytes && other.Fields.SequenceEqual(layout.Fields);
}
