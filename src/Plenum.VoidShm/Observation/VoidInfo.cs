using System.Text;
using System.Text.Json;
using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Reading;
using Plenum.VoidShm.Writing;

namespace Plenum.VoidShm;

/// <summary>What a segment's header says, read once: open, validate, read, close (spec voidshm 6.3).</summary>
/// <remarks>Immutable and thread-safe. The eleven keys of the original keep its spelling in
/// <see cref="ToJson"/>.</remarks>
public sealed record VoidInfo
{
    /// <summary>Key <c>name</c>: as given.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="VoidValidity.Ok"/>, or why nothing else is known.</summary>
    public required VoidValidity Code { get; init; }

    /// <summary>Name of the profile it was read with.</summary>
    public required string Profile { get; init; }

    /// <summary>Key <c>channels</c>: rows.</summary>
    public int Channels { get; init; }

    /// <summary>Key <c>length</c>: floats in each row.</summary>
    public int Length { get; init; }

    /// <summary>Key <c>epoch</c>: structural generation.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Key <c>frame</c>: number of writes.</summary>
    public ulong Frame { get; init; }

    /// <summary>Keys <c>owner_app</c>, <c>owner_project</c>, <c>owner_node</c>.</summary>
    public VoidOwner Owner { get; init; } = VoidOwner.None;

    /// <summary>Key <c>bytes</c>: size of the whole segment.</summary>
    public long Bytes { get; init; }

    /// <summary>Key <c>data_offset</c>: offset of the payload, which is the size of the header.</summary>
    public long DataOffset { get; init; }

    /// <summary>Key <c>data_bytes</c>: size of the payload.</summary>
    public long DataBytes { get; init; }

    /// <summary>The numbers of the header as they stand there, also those the original does not list.</summary>
    public VoidHeader Header { get; init; }

    /// <summary>True when the writer appended the tear-free trailer.</summary>
    public bool HasTrailer { get; init; }

    /// <summary>True when the segment has the second buffer.</summary>
    public bool HasSecondBuffer { get; init; }

    /// <summary>The writer's process from the trailer; 0 when unknown.</summary>
    public long WriterProcessId { get; init; }

    /// <summary>Whether a writer of this library is alive (it holds its kernel lock); null when the trailer does not
    /// say that it would.</summary>
    public bool? WriterHoldsLock { get; init; }

    /// <summary>Time of the last write on the monotonic clock of this boot, from the trailer; 0 when unknown.</summary>
    public long WriteTimeNanoseconds { get; init; }

    /// <summary>True when the segment is valid.</summary>
    public bool IsValid => Code == VoidValidity.Ok;

    /// <summary>Reads a segment's header.</summary>
    /// <param name="name">Name of the segment.</param>
    /// <param name="profile">The layout; null for <see cref="VoidProfiles.Canon"/>.</param>
    /// <returns>Never null; the code says what is wrong.</returns>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static VoidInfo Read(string name, VoidProfile? profile = null)
    {
        profile ??= VoidProfiles.Canon;
        VoidLayout layout = profile.Layout;
        var failed = new VoidInfo { Name = name, Profile = profile.Name, Code = VoidValidity.BadName };
        if (!VoidSegmentName.TryParse(name, profile, out SegmentName? segment))
        {
            return failed;
        }

        using var sampler = new SegmentSampler(segment);
        VoidValidity code = SnapshotCopy.Open(sampler, layout);
        byte[] bytes = new byte[layout.HeaderBytes];
        if (code == VoidValidity.Ok && sampler.Read<byte>(0, bytes) < bytes.Length)
        {
            code = VoidValidity.TooSmall;
        }

        if (code != VoidValidity.Ok)
        {
            return failed with { Code = code };
        }

        VoidHeader header = layout.Decode(bytes);
        code = layout.Validate(header, sampler.SizeBytes);
        failed = failed with { Code = code, Header = header, Bytes = sampler.SizeBytes };
        return code == VoidValidity.Ok ? Describe(failed, sampler, layout, bytes) : failed;
    }

    /// <summary>One flat JSON object: exactly the original's eleven keys, or <c>name</c>, <c>state</c> = <c>invalid</c>
    /// and <c>code</c>.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            if (IsValid)
            {
                json.WriteNumber("channels", Channels);
                json.WriteNumber("length", Length);
                json.WriteNumber("epoch", Epoch);
                json.WriteNumber("frame", Frame);
                json.WriteString("owner_app", Owner.App);
                json.WriteString("owner_project", Owner.Project);
                json.WriteString("owner_node", Owner.Node);
                json.WriteNumber("bytes", Bytes);
                json.WriteNumber("data_offset", DataOffset);
                json.WriteNumber("data_bytes", DataBytes);
            }
            else
            {
                json.WriteString("state", "invalid");
                json.WriteString("code", VoidCodes.SpecName(Code));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static VoidInfo Describe(VoidInfo info, SegmentSampler sampler, VoidLayout layout, byte[] bytes)
    {
        VoidHeader header = info.Header;
        _ = VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload);
        long at = TrailerV1.OffsetAfter(layout.HeaderBytes + payload);
        byte[] trailer = new byte[TrailerV1.SizeBytes];
        TrailerFacts facts = sampler.Read<byte>(at, trailer) == trailer.Length
            ? TrailerFacts.Parse(trailer, at, payload, sampler.SizeBytes)
            : default;
        bool locks = facts.IsPresent && (facts.Flags & TrailerV1.FlagRoleLock) != 0;
        return info with
        {
            Channels = (int)header.Channels,
            Length = (int)header.Length,
            Epoch = header.Epoch,
            Frame = header.Frame,
            Owner = layout.DecodeOwner(bytes),
            DataOffset = layout.HeaderBytes,
            DataBytes = payload,
            HasTrailer = facts.IsPresent,
            HasSecondBuffer = facts.HasSecondBuffer,
            WriterProcessId = facts.IsPresent ? facts.ProcessId : 0,
            WriterHoldsLock = locks ? IsLocked(sampler.Name) : null,
            WriteTimeNanoseconds = facts.IsPresent ? BitConverter.ToInt64(trailer, TrailerV1.WriteTimeOffset) : 0,
        };
    }

    private static bool? IsLocked(SegmentName name)
    {
        try
        {
            if (SegmentFile.TryOpen(name, out SegmentFile? file))
            {
                using (file)
                {
                    return file.IsRoleLocked(WriterSession.RoleOffset, WriterSession.RoleLength);
                }
            }
        }
        catch (SharedMemoryException)
        {
            // Gone or replaced between the two looks: unknown.
        }

        return null;
    }
}
