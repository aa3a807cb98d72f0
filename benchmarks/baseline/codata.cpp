// C++ twins of the future, the buffered channel and the stream: the algorithms of the C++ library, in one process.
//   g++ -O3 -march=native -std=c++17 -o codata codata.cpp && ./codata
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>

using u32 = std::uint32_t;
using u64 = std::uint64_t;

static double now_ns() {
    return double(std::chrono::steady_clock::now().time_since_epoch().count());
}

template <class F> static void measure(const char* name, u64 rounds, F body) {
    double best = 1e18, check = 0;
    for (int i = 0; i < 7; i++) {
        double start = now_ns();
        check = body(rounds);
        double each = (now_ns() - start) / double(rounds);
        if (each < best) best = each;
    }
    std::printf("%s: %.2f ns (%g)\n", name, best, check);
}

struct Future {
    std::atomic<u32> state{2}, waiters{0};
    std::atomic<u64> time{0};
    double value = 1.5;

    // As the library does: the count goes up and down around every get.
    double get() {
        waiters.fetch_add(1, std::memory_order_relaxed);
        while (state.load(std::memory_order_acquire) < 2) {}
        waiters.fetch_sub(1, std::memory_order_relaxed);
        return value;
    }
};

struct Channel {
    static constexpr u32 capacity = 1024;
    std::atomic<u32> head{0}, tail{0};
    std::atomic<std::uint8_t> closed{0};
    int data[capacity];
    std::atomic<u32> seq[capacity];

    Channel() {
        for (u32 i = 0; i < capacity; i++) seq[i] = i;
    }

    bool send(int v) {
        if (closed.load(std::memory_order_acquire)) return false;
        for (;;) {
            u32 t = tail.load(std::memory_order_relaxed), s = t % capacity;
            std::int32_t d = std::int32_t(seq[s].load(std::memory_order_acquire) - t);
            if (d < 0) return false;
            if (d == 0 && tail.compare_exchange_weak(t, t + 1, std::memory_order_relaxed)) {
                data[s] = v;
                seq[s].store(t + 1, std::memory_order_release);
                return true;
            }
        }
    }

    bool receive(int& v) {
        for (;;) {
            u32 h = head.load(std::memory_order_relaxed), s = h % capacity;
            std::int32_t d = std::int32_t(seq[s].load(std::memory_order_acquire) - (h + 1));
            if (d < 0) return false;
            if (d == 0 && head.compare_exchange_weak(h, h + 1, std::memory_order_relaxed)) {
                v = data[s];
                seq[s].store(h + capacity, std::memory_order_release);
                return true;
            }
        }
    }
};

// One emitter and one consumer, as the library allows: a ring of bytes and a header.
struct Stream {
    static constexpr u64 bytes = 1024 * sizeof(double);
    std::atomic<u64> sequence{0};
    std::atomic<std::uint8_t> closed{0};
    std::atomic<u64> write{0}, read{0};
    double data[1024];

    bool emit(double v) {
        if (closed.load(std::memory_order_acquire)) return false;
        u64 w = write.load(std::memory_order_relaxed);
        if (w - read.load(std::memory_order_acquire) + sizeof v > bytes) return false;
        data[w % bytes / sizeof v] = v;
        write.store(w + sizeof v, std::memory_order_release);
        sequence.fetch_add(1, std::memory_order_relaxed);
        return true;
    }

    bool next(double& v) {
        u64 r = read.load(std::memory_order_relaxed);
        if (write.load(std::memory_order_acquire) - r < sizeof v) return false;
        v = data[r % bytes / sizeof v];
        read.store(r + sizeof v, std::memory_order_release);
        return true;
    }
};

int main() {
    static Future future;
    static Stream stream;
    static Channel channel;
    measure("future get", 2000000, [&](u64 n) {
        double sum = 0;
        for (u64 i = 0; i < n; i++) sum += future.get();
        return sum;
    });
    measure("channel send+receive, buffered", 2000000, [&](u64 n) {
        double sum = 0;
        int v = 0;
        for (u64 i = 0; i < n; i++) {
            channel.send(int(i));
            channel.receive(v);
            sum += v;
        }
        return sum;
    });
    measure("stream emit+next", 2000000, [&](u64 n) {
        double sum = 0, v = 0;
        for (u64 i = 0; i < n; i++) {
            stream.emit(double(i));
            stream.next(v);
            sum += v;
        }
        return sum;
    });
}
