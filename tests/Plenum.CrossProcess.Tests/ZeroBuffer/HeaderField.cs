namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>One field of the header, for a peer that changes it.</summary>
/// <param name="Name">As the errors name it.</param>
/// <param name="Offset">Where it is.</param>
internal sealed record HeaderField(string Name, int Offset)
{
    private static readonly ulong[] s_boundaries =
    [
        0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 896, 1008, 1009, 1023, 1024, 1025, 1088, 1152, int.MaxValue, 1ul << 31,
        uint.MaxValue, 1ul << 32, 1ul << 62, long.MaxValue, 1ul << 63, ulong.MaxValue - 15, ulong.MaxValue,
    ];

    /// <summary>Every field; oieb_size and version share one word.</summary>
    public static IReadOnlyList<HeaderField> All { get; } =
    [
        new("oieb_size and version", 0x00), new("metadata_size", 0x08), new("metadata_free_bytes", 0x10),
        new("metadata_written_bytes", 0x18), new("payload_size", 0x20), new("payload_free_bytes", 0x28),
        new("payload_write_pos", 0x30), new("payload_read_pos", 0x38), new("payload_written_count", 0x40),
        new("payload_read_count", 0x48), new("writer_pid", 0x50), new("reader_pid", 0x58), new("reserved 0x60", 0x60),
        new("reserved 0x68", 0x68), new("reserved 0x70", 0x70), new("reserved 0x78", 0x78),
    ];

    /// <summary>Boundaries of 64-bit numbers and of a ring of 1024 bytes with 64 bytes of metadata, and random values.</summary>
    public IEnumerable<ulong> Values
    {
        get
        {
            var random = new Random(Offset);
            return s_boundaries.Concat(Enumerable.Range(0, 5).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue)));
        }
    }

    /// <summary>The field of a name.</summary>
    public static HeaderField Of(string name) => All.Single(field => field.Name == name);

    /// <summary>The names of all fields but some, as data of a theory.</summary>
    public static TheoryData<string> AllBut(params string[] names) =>
        [.. All.Select(field => field.Name).Where(name => !names.Contains(name))];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
