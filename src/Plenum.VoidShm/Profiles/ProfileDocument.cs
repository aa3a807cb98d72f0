using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plenum.VoidShm.Profiles;

/// <summary>A profile file: the keys of spec voidshm 3.3, flat. Absent keys take the default profile's value.</summary>
internal sealed class ProfileDocument
{
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("description")]
    public string? Description { get; set; }

    [JsonPropertyName("magic")]
    public JsonElement? Magic { get; set; }

    [JsonPropertyName("version")]
    public uint? Version { get; set; }

    [JsonPropertyName("endian")]
    public string? Endian { get; set; }

    [JsonPropertyName("pack")]
    public JsonElement? Pack { get; set; }

    [JsonPropertyName("width.version")]
    public string? WidthVersion { get; set; }

    [JsonPropertyName("width.header_size")]
    public string? WidthHeaderSize { get; set; }

    [JsonPropertyName("width.channels")]
    public string? WidthChannels { get; set; }

    [JsonPropertyName("width.length")]
    public string? WidthLength { get; set; }

    [JsonPropertyName("width.epoch")]
    public string? WidthEpoch { get; set; }

    [JsonPropertyName("width.frame")]
    public string? WidthFrame { get; set; }

    [JsonPropertyName("str.app")]
    public int? StrApp { get; set; }

    [JsonPropertyName("str.project")]
    public int? StrProject { get; set; }

    [JsonPropertyName("str.node")]
    public int? StrNode { get; set; }

    [JsonPropertyName("str.encoding")]
    public string? StrEncoding { get; set; }

    [JsonPropertyName("offset.magic")]
    public int? OffsetMagic { get; set; }

    [JsonPropertyName("offset.version")]
    public int? OffsetVersion { get; set; }

    [JsonPropertyName("offset.header_size")]
    public int? OffsetHeaderSize { get; set; }

    [JsonPropertyName("offset.channels")]
    public int? OffsetChannels { get; set; }

    [JsonPropertyName("offset.length")]
    public int? OffsetLength { get; set; }

    [JsonPropertyName("offset.epoch")]
    public int? OffsetEpoch { get; set; }

    [JsonPropertyName("offset.frame")]
    public int? OffsetFrame { get; set; }

    [JsonPropertyName("offset.owner_app")]
    public int? OffsetOwnerApp { get; set; }

    [JsonPropertyName("offset.owner_project")]
    public int? OffsetOwnerProject { get; set; }

    [JsonPropertyName("offset.owner_node")]
    public int? OffsetOwnerNode { get; set; }

    [JsonPropertyName("header.size")]
    public int? HeaderSize { get; set; }

    [JsonPropertyName("name.prefix")]
    public string? NamePrefix { get; set; }

    [JsonPropertyName("name.max")]
    public int? NameMax { get; set; }

    [JsonPropertyName("mode")]
    public string? Mode { get; set; }

    [JsonPropertyName("epoch.seed")]
    public string? EpochSeed { get; set; }

    [JsonPropertyName("frame.on_epoch")]
    public string? FrameOnEpoch { get; set; }

    [JsonPropertyName("invalidate")]
    public string? Invalidate { get; set; }

    [JsonPropertyName("size.check")]
    public string? SizeCheck { get; set; }

    [JsonPropertyName("set.index")]
    public string? SetIndex { get; set; }

    [JsonPropertyName("alive.first")]
    public int? AliveFirst { get; set; }

    [JsonPropertyName("trailer")]
    public bool? Trailer { get; set; }
}
