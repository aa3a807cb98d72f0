namespace Plenum.ZeroBuffer.Tests.Golden;

/// <summary>The table of tests/golden/zerobuffer/README.md, typed again.</summary>
internal static class GoldenTable
{
    internal static IReadOnlyList<Row> Rows { get; } =
    [
        new("cpp-01-created.bin", 11392, 1024, 1024, 0, 10240, 10240, 0, 0, 0, 0, false, true, "5309e677c79c"),
        new("cpp-02-writer-connected.bin", 11392, 1024, 1024, 0, 10240, 10240, 0, 0, 0, 0, true, true, "5309e677c79c"),
        new("cpp-03-metadata100.bin", 11392, 1024, 916, 108, 10240, 10240, 0, 0, 0, 0, true, true, "e4b54e3abd77"),
        new("cpp-04-three-frames-unread.bin",
            11392, 1024, 916, 108, 10240, 9067, 1173, 0, 3, 0, true, true, "0ad418848e11"),
        new("cpp-05-first-frame-held.bin",
            11392, 1024, 916, 108, 10240, 9067, 1173, 1040, 3, 1, true, true, "0ad418848e11"),
        new("cpp-06-first-frame-released.bin",
            11392, 1024, 916, 108, 10240, 10107, 1173, 1040, 3, 1, true, true, "0ad418848e11"),
        new("cpp-07-all-read.bin", 11392, 1024, 916, 108, 10240, 10240, 1173, 1173, 3, 3, true, true, "0ad418848e11"),
        new("cpp-08-writer-closed.bin",
            11392, 1024, 916, 108, 10240, 10240, 1173, 1173, 3, 3, false, true, "0ad418848e11"),
        new("cpp-09-wrap-marker.bin", 11392, 1024, 1024, 0, 10240, 4016, 4016, 8032, 4, 2, true, true, "ff036b59f920"),
        new("cpp-10-wrapped-frame-held.bin",
            11392, 1024, 1024, 0, 10240, 6224, 4016, 4016, 4, 4, true, true, "ff036b59f920"),
        new("cpp-11-wrapped-frame-released.bin",
            11392, 1024, 1024, 0, 10240, 10240, 4016, 4016, 4, 4, true, true, "ff036b59f920"),
        new("cpp-12-exact-fit.bin", 10368, 0, 0, 0, 10240, 0, 10240, 0, 1, 0, true, true, "900205254867"),
        new("cpp-13-exact-fit-read.bin", 10368, 0, 0, 0, 10240, 10240, 10240, 0, 1, 1, true, true, "900205254867"),
        new("cpp-14-exact-fit-next.bin", 10368, 0, 0, 0, 10240, 10214, 26, 0, 2, 1, true, true, "d0a608722757"),
        new("cpp-15-tail7-before.bin", 256, 0, 0, 0, 128, 128, 121, 121, 2, 2, true, true, "88371ccbc8e5"),
        new("cpp-16-tail7-after-implicit-wrap.bin", 256, 0, 0, 0, 128, 85, 36, 121, 3, 2, true, true, "f9d0e88b9293"),
        new("cpp-17-tail7-after-read-attempt.bin", 256, 0, 0, 0, 128, 128, 36, 36, 3, 4, true, true, "f9d0e88b9293"),
        new("cs-01-created.bin", 11392, 1024, 1024, 0, 10240, 10240, 0, 0, 0, 0, false, true, "5309e677c79c"),
        new("cs-02-writer-connected.bin", 11392, 1024, 1024, 0, 10240, 10240, 0, 0, 0, 0, true, true, "5309e677c79c"),
        new("cs-03-metadata100.bin", 11392, 1024, 916, 108, 10240, 10240, 0, 0, 0, 0, true, true, "e4b54e3abd77"),
        new("cs-04-three-frames-unread.bin",
            11392, 1024, 916, 108, 10240, 9067, 1173, 0, 3, 0, true, true, "0ad418848e11"),
        new("cs-05-first-frame-held.bin",
            11392, 1024, 916, 108, 10240, 9067, 1173, 1040, 3, 1, true, true, "0ad418848e11"),
        new("cs-06-first-frame-released.bin",
            11392, 1024, 916, 108, 10240, 10107, 1173, 1040, 3, 1, true, true, "0ad418848e11"),
        new("cs-07-all-read.bin", 11392, 1024, 916, 108, 10240, 10240, 1173, 1173, 3, 3, true, true, "0ad418848e11"),
        new("cs-08-writer-closed.bin",
            11392, 1024, 916, 108, 10240, 10240, 1173, 1173, 3, 3, false, true, "0ad418848e11"),
        new("cs-09-wrap-marker.bin", 11392, 1024, 1024, 0, 10240, 4016, 4016, 8032, 4, 2, true, true, "ff036b59f920"),
        new("cs-10-wrapped-frame-held.bin",
            11392, 1024, 1024, 0, 10240, 6224, 4016, 4016, 4, 4, true, true, "ff036b59f920"),
        new("cs-11-wrapped-frame-released.bin",
            11392, 1024, 1024, 0, 10240, 10240, 4016, 4016, 4, 4, true, true, "ff036b59f920"),
        new("cs-12-exact-fit.bin", 10368, 0, 0, 0, 10240, 0, 0, 0, 1, 0, true, true, "900205254867"),
        new("cs-13-exact-fit-read.bin", 10368, 0, 0, 0, 10240, 10240, 0, 0, 1, 1, true, true, "900205254867"),
        new("cs-14-exact-fit-next.bin", 10368, 0, 0, 0, 10240, 10214, 26, 0, 2, 1, true, true, "d0a608722757"),
        new("py-01-created.bin", 11392, 1024, 1024, 0, 10240, 10240, 0, 0, 0, 0, false, true, "5309e677c79c"),
        new("py-04-three-frames-unread.bin",
            11392, 1024, 916, 108, 10240, 9067, 1173, 0, 3, 0, true, true, "0ad418848e11"),
        new("py-09-wrap-marker.bin", 11392, 1024, 1024, 0, 10240, 4016, 4016, 8032, 4, 2, true, true, "ff036b59f920"),
        new("py-16-tail7-after-implicit-wrap.bin", 320, 64, 64, 0, 128, 85, 36, 121, 4, 2, true, true, "44dbc518e703"),
        new("cpp-18-second-lap-before-wrap.bin",
            10368, 0, 0, 0, 10240, 10240, 8032, 8032, 3, 3, true, true, "13ae0cd1e550"),
        new("cpp-19-second-lap-wrap-marker.bin",
            10368, 0, 0, 0, 10240, 4016, 4016, 8032, 5, 3, true, true, "aba031bb8bb4"),
    ];

    public static TheoryData<string> Files => new(Rows.Select(row => row.File));

    internal static Row Of(string file) => Rows.Single(row => row.File == file);

    internal sealed record Row(
        string File,
        int Bytes,
        ulong MetadataSize,
        ulong MetadataFree,
        ulong MetadataWritten,
        ulong Payload,
        ulong Free,
        ulong WritePosition,
        ulong ReadPosition,
        ulong WrittenCount,
        ulong ReadCount,
        bool HasWriter,
        bool HasReader,
        string Sha256);
}
