// What a strict, verified snapshot costs without any library: open, size, pread of the trailer, of the header, of the
// payload and of the trailer again, close.
//   calls PATH BYTES MILLISECONDS    prints nanoseconds a snapshot

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: calls PATH BYTES MILLISECONDS\n");
        return 2;
    }
    const std::size_t bytes = std::strtoull(argv[2], nullptr, 10);
    const auto length = std::chrono::milliseconds(std::atoi(argv[3]));
    std::vector<char> buffer(bytes + 512);
    const auto start = std::chrono::steady_clock::now();
    auto now = start;
    long count = 0;
    while (now - start < length) {
        for (int i = 0; i < 16; i++) {
            const int file = open(argv[1], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
            if (file < 0 || lseek(file, 0, SEEK_END) < 0 || pread(file, buffer.data(), 192, off_t(bytes)) < 0
                || pread(file, buffer.data(), 232, 0) < 0 || pread(file, buffer.data(), bytes, 0) != ssize_t(bytes)
                || pread(file, buffer.data(), 192, off_t(bytes)) < 0) {
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
