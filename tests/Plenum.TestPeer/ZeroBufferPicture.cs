using System.Text.Json.Serialization;

namespace Plenum.TestPeer;

/// <summary>Metadata of a video stream, as a user of the library would describe it.</summary>
internal sealed record ZeroBufferPicture(int Width, int Height, string Format, double FramesPerSecond);

/// <summary>Reads and writes <see cref="ZeroBufferPicture"/> without reflection.</summary>
[JsonSerializable(typeof(ZeroBufferPicture))]
internal sealed partial class ZeroBufferPictureJson : JsonSerializerContext;
