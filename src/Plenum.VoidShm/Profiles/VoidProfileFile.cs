using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plenum.VoidShm.Profiles;

namespace Plenum.VoidShm;

/// <summary>Reads and writes profiles as JSON files with the keys of spec voidshm 3.3.</summary>
/// <remarks>Thread-safe. An unknown key or word is an error; an absent key takes the default profile's value. Works
/// when compiled ahead of
/// time.
/// <code>
/// { "name": "studio", "magic": "0x4F444956", "width.epoch": "u32", "str.app": 128, "name.max": 255 }
/// </code></remarks>
public static class VoidProfileFile
{
    // People edit what is written: ">=" is to stay ">=".
    private static readonly ProfileJsonContext s_readable = new(
        new JsonSerializerOptions(ProfileJsonContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });

    /// <summary>Reads a profile from a file.</summary>
    /// <param name="path">Path of the JSON file.</param>
    /// <exception cref="FormatException">Not a profile; the message says which key is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static VoidProfile Load(string path)
    {
        string text = File.ReadAllText(path);
        return Parse(text, Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Writes a profile to a file.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="path">Path of the JSON file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(VoidProfile profile, string path) => File.WriteAllText(path, ToJson(profile) + "\n");

    /// <summary>A built-in profile of that name, or the profile in the file of that path.</summary>
    /// <param name="nameOrPath">Name or path.</param>
    /// <exception cref="FormatException">The file is not a profile.</exception>
    /// <exception cref="FileNotFoundException">Neither a built-in profile nor a file.</exception>
    public static VoidProfile Resolve(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return VoidProfiles.Find(nameOrPath) ?? (File.Exists(nameOrPath)
            ? Load(nameOrPath)
            : throw new FileNotFoundException(
                $"There is no profile '{nameOrPath}': it is neither a file nor one of "
                + $"{string.Join(", ", VoidProfiles.All)}.",
                nameOrPath));
    }

    /// <summary>Reads a profile from JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="defaultName">Name of the profile when the text has none.</param>
    /// <exception cref="FormatException">Not a profile; the message says which key is wrong.</exception>
    public static VoidProfile Parse(string json, string defaultName = "user")
    {
        ArgumentNullException.ThrowIfNull(json);
        ProfileDocument document;
        try
        {
            document = JsonSerializer.Deserialize(json, ProfileJsonContext.Default.ProfileDocument)
                ?? throw new FormatException("The profile is empty.");
        }
        catch (JsonException e)
        {
            throw new FormatException(
                $"The profile is not valid JSON, or has an unknown key or a value of a wrong type: {e.Message}", e);
        }

        VoidProfile profile = ToProfile(document, defaultName);
        try
        {
            _ = profile.Layout;
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }

        return profile;
    }

    /// <summary>The profile as JSON text with every key.</summary>
    /// <param name="profile">The profile.</param>
    public static string ToJson(VoidProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return JsonSerializer.Serialize(ToDocument(profile), s_readable.ProfileDocument);
    }

    private static VoidProfile ToProfile(ProfileDocument d, string defaultName)
    {
        VoidProfile standard = VoidProfiles.Canon;
        (uint magic, bool any) = Magic(d.Magic, standard.Magic);
        return new VoidProfile
        {
            Name = d.Name ?? defaultName,
            Description = d.Description ?? string.Empty,
            Magic = magic,
            AcceptAnyMagic = any,
            Version = d.Version ?? standard.Version,
            Endian = (VoidEndian)ProfileWords.Parse("endian", d.Endian, ProfileWords.Endian, 0),
            Pack = Pack(d.Pack),
            VersionWidth = Width("width.version", d.WidthVersion, standard.VersionWidth),
            HeaderSizeWidth = Width("width.header_size", d.WidthHeaderSize, standard.HeaderSizeWidth),
            ChannelsWidth = Width("width.channels", d.WidthChannels, standard.ChannelsWidth),
            LengthWidth = Width("width.length", d.WidthLength, standard.LengthWidth),
            EpochWidth = Width("width.epoch", d.WidthEpoch, standard.EpochWidth),
            FrameWidth = Width("width.frame", d.WidthFrame, standard.FrameWidth),
            OwnerAppBytes = d.StrApp ?? standard.OwnerAppBytes,
            OwnerProjectBytes = d.StrProject ?? standard.OwnerProjectBytes,
            OwnerNodeBytes = d.StrNode ?? standard.OwnerNodeBytes,
            TextEncoding = (VoidTextEncoding)ProfileWords.Parse(
                "str.encoding", d.StrEncoding, ProfileWords.Encoding, 0),
            Offsets = Offsets(d),
            HeaderBytes = d.HeaderSize,
            NamePrefix = d.NamePrefix ?? standard.NamePrefix,
            NameMaxBytes = d.NameMax ?? standard.NameMaxBytes,
            Permission = ProfileWords.Mode(d.Mode),
            EpochSeed = (VoidEpochSeed)ProfileWords.Parse("epoch.seed", d.EpochSeed, ProfileWords.Seed, 0),
            FrameOnEpoch = (VoidFrameOnEpoch)ProfileWords.Parse(
                "frame.on_epoch", d.FrameOnEpoch, ProfileWords.OnEpoch, 0),
            Invalidation = (VoidInvalidation)ProfileWords.Parse("invalidate", d.Invalidate, ProfileWords.Invalidate, 0),
            SizeRule = (VoidSizeRule)ProfileWords.Parse("size.check", d.SizeCheck, ProfileWords.SizeCheck, 0),
            SetIndex = (VoidSetIndex)ProfileWords.Parse("set.index", d.SetIndex, ProfileWords.SetIndex, 0),
            AliveFirst = AliveFirst(d.AliveFirst),
            Trailer = d.Trailer ?? standard.Trailer,
        };
    }

    private static ProfileDocument ToDocument(VoidProfile p) => new()
    {
        Name = p.Name,
        Description = p.Description,
        Magic = p.AcceptAnyMagic ? Element("\"any\"") : Element($"\"0x{p.Magic:X8}\""),
        Version = p.Version,
        Endian = ProfileWords.Endian[(int)p.Endian],
        Pack = p.Pack == 0 ? Element("\"natural\"") : Element(p.Pack.ToString(CultureInfo.InvariantCulture)),
        WidthVersion = ProfileWords.Width[(int)p.VersionWidth],
        WidthHeaderSize = ProfileWords.Width[(int)p.HeaderSizeWidth],
        WidthChannels = ProfileWords.Width[(int)p.ChannelsWidth],
        WidthLength = ProfileWords.Width[(int)p.LengthWidth],
        WidthEpoch = ProfileWords.Width[(int)p.EpochWidth],
        WidthFrame = ProfileWords.Width[(int)p.FrameWidth],
        StrApp = p.OwnerAppBytes,
        StrProject = p.OwnerProjectBytes,
        StrNode = p.OwnerNodeBytes,
        StrEncoding = ProfileWords.Encoding[(int)p.TextEncoding],
        OffsetMagic = p.Offsets.Magic,
        OffsetVersion = p.Offsets.Version,
        OffsetHeaderSize = p.Offsets.HeaderSize,
        OffsetChannels = p.Offsets.Channels,
        OffsetLength = p.Offsets.Length,
        OffsetEpoch = p.Offsets.Epoch,
        OffsetFrame = p.Offsets.Frame,
        OffsetOwnerApp = p.Offsets.OwnerApp,
        OffsetOwnerProject = p.Offsets.OwnerProject,
        OffsetOwnerNode = p.Offsets.OwnerNode,
        HeaderSize = p.HeaderBytes,
        NamePrefix = p.NamePrefix,
        NameMax = p.NameMaxBytes,
        Mode = ProfileWords.Mode(p.Permission),
        EpochSeed = ProfileWords.Seed[(int)p.EpochSeed],
        FrameOnEpoch = ProfileWords.OnEpoch[(int)p.FrameOnEpoch],
        Invalidate = ProfileWords.Invalidate[(int)p.Invalidation],
        SizeCheck = ProfileWords.SizeCheck[(int)p.SizeRule],
        SetIndex = ProfileWords.SetIndex[(int)p.SetIndex],
        AliveFirst = p.AliveFirst ? 1 : 0,
        Trailer = p.Trailer,
    };

    private static VoidFieldOffsets Offsets(ProfileDocument d) => new()
    {
        Magic = d.OffsetMagic,
        Version = d.OffsetVersion,
        HeaderSize = d.OffsetHeaderSize,
        Channels = d.OffsetChannels,
        Length = d.OffsetLength,
        Epoch = d.OffsetEpoch,
        Frame = d.OffsetFrame,
        OwnerApp = d.OffsetOwnerApp,
        OwnerProject = d.OffsetOwnerProject,
        OwnerNode = d.OffsetOwnerNode,
    };

    private static VoidFieldWidth Width(string key, string? word, VoidFieldWidth absent) =>
        (VoidFieldWidth)ProfileWords.Parse(key, word, ProfileWords.Width, (int)absent);

    private static bool AliveFirst(int? value) => value switch
    {
        null or 0 => false,
        1 => true,
        _ => throw new FormatException($"Key 'alive.first' is {value}; it must be 0 or 1."),
    };

    private static (uint Magic, bool Any) Magic(JsonElement? element, uint absent)
    {
        if (element is not { } e)
        {
            return (absent, false);
        }

        if (e.ValueKind == JsonValueKind.Number && e.TryGetUInt32(out uint number))
        {
            return (number, false);
        }

        string? text = e.ValueKind == JsonValueKind.String ? e.GetString() : null;
        if (text == "any")
        {
            return (absent, true);
        }

        return text is not null && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hex)
            ? (hex, false)
            : throw new FormatException($"Key 'magic' is {e.GetRawText()}; it must be a number, \"0x...\" or \"any\".");
    }

    private static int Pack(JsonElement? element)
    {
        if (element is not { } e || (e.ValueKind == JsonValueKind.String && e.GetString() == "natural"))
        {
            return 0;
        }

        return e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int pack) && pack is 1 or 4 or 8
            ? pack
            : throw new FormatException($"Key 'pack' is {e.GetRawText()}; it must be \"natural\", 1, 4 or 8.");
    }

    private static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
