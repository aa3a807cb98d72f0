using System.Text.Json.Serialization;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>What this process understands of the metadata that the other one writes as JSON.</summary>
internal sealed record VideoDescription(int Width, int Height, string Format, double FramesPerSecond);

/// <summary>Reads and writes it without reflection.</summary>
[JsonSerializable(typeof(VideoDescription))]
internal sealed partial class VideoDescriptionJson : JsonSerializerContext;
