// What a strict, verified snapshot costs without any library: open, size, pread of the trailer, of the header, of the
// payload and of the trailer again, close.
//   calls PATH BYTES MILLISECONDS    prints nanoseconds a snapshot

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <cstdint>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: calls PATH BYTES MILLISECONDS\n");
        return 2;
    }
    const std::size_t bytes = std::strtoull(argv[2], nullptr, 10);
    const auto length = std::chrono::milliseconds(std::atoi(argv[3]));
    // On a page of its own: a buffer a few bytes beyond the page offset of the file makes the kernel's copy
    // five times slower on some processors.
    std::vector<char> memory(bytes + 8192);
    char* const buffer = reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(memory.data()) + 4095) / 4096 * 4096);
    const auto start = std::chrono::steady_clock::now();
    auto now = start;
    long count = 0;
    while (now - start < length) {
        for (int i = 0; i < 16; i++) {
            const int file = open(argv[1], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
            if (file < 0 || lseek(file, 0, SEEK_END) < 0 || pread(file, buffer, 192, off_t(bytes)) < 0
                || pread(file, buffer, 232, 0) < 0 || pread(file, buffer, bytes, 0) != ssize_t(bytes)
                || pread(file, buffer, 192, off_t(bytes)) < 0) {
                perror(argv[1]);
                return 1;
            }
            close(file);
            count++;
        }
        now = std::chrono::steady_clock::now();
    }
    std::printf("%.1f\n", double(std::chrono::duration_cast<std::chrono::nanoseconds>(now - start).count()) / count);
    return 0;
}
