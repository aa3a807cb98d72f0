// Plain C++ baselines: the same algorithms on the same layouts, on a shared anonymous mapping, without any library.
// Prints one JSON object a line: {"name":...,"nsPerOperation":...,"check":...}. Built by ./build.sh with -O2.
//
//   baseline single [rounds]          one process, every structure, nanoseconds per operation
//   baseline serve CPU                the same, one run for each line "NAME ROUNDS" of the input
//   baseline ruler CPU_A CPU_B        spin ping-pong on two cache lines between two pinned processes
//   baseline queue CPU_A CPU_B N      N values through the bounded queue between two pinned processes
//   baseline spsc CPU_A CPU_B N       N messages of 64 bytes through a ring with one published index
//   baseline futex CPU_A CPU_B N      N round trips, always asleep in the kernel
//   baseline copy BYTES SLOTS         memory copy of BYTES into SLOTS slots, GB/s

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <linux/futex.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;

static double now_ns() {
    using namespace std::chrono;
    return double(duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

static unsigned char* shared(std::size_t bytes) {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (p == MAP_FAILED) { perror("mmap"); std::exit(8); }
    return static_cast<unsigned char*>(p);
}

template <class T> static std::atomic<T>& at(unsigned char* p, std::size_t offset) {
    return *reinterpret_cast<std::atomic<T>*>(p + offset);
}

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) { perror("sched_setaffinity"); }
}

static inline void pause_cpu() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    asm volatile("yield");
#endif
}

static void report(const char* name, double ns, u64 check) {
    std::printf("{\"name\":\"%s\",\"nsPerOperation\":%.2f,\"check\":%llu}\n", name, ns, (unsigned long long)check);
    std::fflush(stdout);
}

// Best of five: the noise of these machines only ever adds time.
template <class F> static void measure(const char* name, u64 rounds, F body) {
    double best = 1e300;
    u64 check = 0;
    for (int run = 0; run < 5; run++) {
        double start = now_ns();
        check = body(rounds);
        best = std::min(best, (now_ns() - start) / double(rounds));
    }
    report(name, best, check);
}

// ---- bounded queue with per-slot sequences (head, tail, capacity, elem_size, data, seq) ----
struct Queue {
    unsigned char* p;
    u32 capacity;
    std::atomic<u32>& head() { return at<u32>(p, 0); }
    std::atomic<u32>& tail() { return at<u32>(p, 4); }
    i32& data(u32 i) { return reinterpret_cast<i32*>(p + 16)[i]; }
    std::atomic<u32>& seq(u32 i) { return at<u32>(p, 16 + capacity * 4 + i * 4); }
    void init() {
        head() = 0;
        tail() = 0;
        at<u32>(p, 8) = capacity;
        at<u32>(p, 12) = 4;
        for (u32 i = 0; i < capacity; i++) seq(i) = i;
    }
    bool push(i32 v) {
        for (;;) {
            u32 t = tail().load(memory_order_relaxed), slot = t & (capacity - 1);
            i32 d = i32(seq(slot).load(memory_order_acquire) - t);
            if (d == 0) {
                if (tail().compare_exchange_weak(t, t + 1, memory_order_relaxed, memory_order_relaxed)) {
                    data(slot) = v;
                    seq(slot).store(t + 1, memory_order_release);
                    return true;
                }
            } else if (d < 0) {
                return false;
            }
        }
    }
    bool pop(i32& v) {
        for (;;) {
            u32 h = head().load(memory_order_relaxed), slot = h & (capacity - 1);
            i32 d = i32(seq(slot).load(memory_order_acquire) - (h + 1));
            if (d == 0) {
                if (head().compare_exchange_weak(h, h + 1, memory_order_relaxed, memory_order_relaxed)) {
                    v = data(slot);
                    seq(slot).store(h + capacity, memory_order_release);
                    return true;
                }
            } else if (d < 0) {
                return false;
            }
        }
    }
    // Several elements with one claim of the counter.
    u32 push_many(const i32* items, u32 count) {
        for (;;) {
            u32 t = tail().load(memory_order_relaxed), run = 0;
            while (run < count && seq((t + run) & (capacity - 1)).load(memory_order_acquire) == t + run) run++;
            if (run == 0) return 0;
            if (tail().compare_exchange_weak(t, t + run, memory_order_relaxed, memory_order_relaxed)) {
                for (u32 i = 0; i < run; i++) data((t + i) & (capacity - 1)) = items[i];
                for (u32 i = 0; i < run; i++) seq((t + i) & (capacity - 1)).store(t + i + 1, memory_order_release);
                return run;
            }
        }
    }
    u32 pop_many(i32* items, u32 count) {
        for (;;) {
            u32 h = head().load(memory_order_relaxed), run = 0;
            while (run < count && seq((h + run) & (capacity - 1)).load(memory_order_acquire) == h + run + 1) run++;
            if (run == 0) return 0;
            if (head().compare_exchange_weak(h, h + run, memory_order_relaxed, memory_order_relaxed)) {
                for (u32 i = 0; i < run; i++) items[i] = data((h + i) & (capacity - 1));
                for (u32 i = 0; i < run; i++) seq((h + i) & (capacity - 1)).store(h + i + capacity, memory_order_release);
                return run;
            }
        }
    }
};

// ---- stack: top, capacity, elem_size, 0, data, states ----
struct Stack {
    unsigned char* p;
    u32 capacity;
    std::atomic<i32>& top() { return at<i32>(p, 0); }
    i32& data(i32 i) { return reinterpret_cast<i32*>(p + 16)[i]; }
    std::atomic<u32>& state(i32 i) { return at<u32>(p, 16 + capacity * 4 + u32(i) * 4); }
    void init() {
        top() = -1;
        for (u32 i = 0; i < capacity; i++) state(i32(i)) = 0;
    }
    bool take(i32 slot, u32 from, u32 to) {
        for (int i = 0; i < 10000; i++) {
            u32 e = from;
            if (state(slot).compare_exchange_weak(e, to, memory_order_acq_rel, memory_order_relaxed)) return true;
            sched_yield();
        }
        return false;
    }
    bool push(i32 v) {
        i32 t = top().load(memory_order_relaxed);
        do {
            if (t >= i32(capacity) - 1) return false;
        } while (!top().compare_exchange_weak(t, t + 1, memory_order_acq_rel, memory_order_relaxed));
        if (!take(t + 1, 0, 1)) return false;
        data(t + 1) = v;
        state(t + 1).store(2, memory_order_release);
        return true;
    }
    bool pop(i32& v) {
        i32 t = top().load(memory_order_relaxed);
        do {
            if (t < 0) return false;
        } while (!top().compare_exchange_weak(t, t - 1, memory_order_acq_rel, memory_order_relaxed));
        if (!take(t, 2, 3)) return false;
        v = data(t);
        state(t).store(0, memory_order_release);
        return true;
    }
};

// ---- ring: write_pos, read_pos, capacity in bytes, elem_size, data at 0x18 ----
struct Ring {
    unsigned char* p;
    u32 capacity;
    bool write(i32 v) {
        u64 w = at<u64>(p, 0).load(memory_order_relaxed), r = at<u64>(p, 8).load(memory_order_acquire);
        if (w - r + 4 > capacity) return false;
        std::memcpy(p + 24 + w % capacity, &v, 4);
        at<u64>(p, 0).store(w + 4, memory_order_release);
        return true;
    }
    bool read(i32& v) {
        u64 r = at<u64>(p, 8).load(memory_order_relaxed), w = at<u64>(p, 0).load(memory_order_acquire);
        if (w - r < 4) return false;
        std::memcpy(&v, p + 24 + r % capacity, 4);
        at<u64>(p, 8).store(r + 4, memory_order_release);
        return true;
    }
};

// ---- map i32 -> i32: entries of state, key, value (stride 12) at 0x10 ----
struct Map {
    unsigned char* p;
    u32 capacity;
    static u64 hash(i32 k) { return u64(std::int64_t(k)) * 2654435761ull; }
    unsigned char* entry(u64 i) { return p + 16 + i * 12; }
    bool find(i32 key, i32& v) {
        u64 h = hash(key);
        for (u32 i = 0; i < capacity; i++) {
            unsigned char* e = entry((h + i) % capacity);
            u32 s = at<u32>(e, 0).load(memory_order_acquire);
            if (s == 0) return false;
            i32 k;
            std::memcpy(&k, e + 4, 4);
            if (s == 1 && k == key) {
                std::memcpy(&v, e + 8, 4);
                return true;
            }
        }
        return false;
    }
    bool put(i32 key, i32 v) {
        u64 h = hash(key);
        for (u32 i = 0; i < capacity; i++) {
            unsigned char* e = entry((h + i) % capacity);
            u32 s = at<u32>(e, 0).load(memory_order_acquire);
            i32 k;
            std::memcpy(&k, e + 4, 4);
            if (s == 1 && k == key) {
                u32 expected = 1;
                if (!at<u32>(e, 0).compare_exchange_strong(expected, 3, memory_order_acquire, memory_order_relaxed)) continue;
                std::memcpy(e + 8, &v, 4);
                at<u32>(e, 0).store(1, memory_order_release);
                return true;
            }
            if (s == 0 || s == 2) {
                u32 expected = s;
                if (!at<u32>(e, 0).compare_exchange_strong(expected, 3, memory_order_acquire, memory_order_relaxed)) continue;
                std::memcpy(e + 4, &key, 4);
                std::memcpy(e + 8, &v, 4);
                at<u32>(e, 0).store(1, memory_order_release);
                at<u32>(p, 0).fetch_add(1, memory_order_relaxed);
                return true;
            }
        }
        return false;
    }
    bool erase(i32 key) {
        u64 h = hash(key);
        for (u32 i = 0; i < capacity; i++) {
            unsigned char* e = entry((h + i) % capacity);
            u32 s = at<u32>(e, 0).load(memory_order_acquire);
            if (s == 0) return false;
            i32 k;
            std::memcpy(&k, e + 4, 4);
            if (s == 1 && k == key) {
                u32 expected = 1;
                if (!at<u32>(e, 0).compare_exchange_strong(expected, 2, memory_order_acq_rel, memory_order_relaxed)) continue;
                at<u32>(p, 0).fetch_sub(1, memory_order_relaxed);
                return true;
            }
        }
        return false;
    }
};

// ---- pool of i32: free_head (generation << 32 | index), allocated, nodes of value, next ----
struct Pool {
    unsigned char* p;
    u32 capacity;
    std::atomic<u64>& head() { return at<u64>(p, 0); }
    std::atomic<u32>& next(u32 i) { return at<u32>(p, 24 + i * 8 + 4); }
    void init() {
        for (u32 i = 0; i < capacity; i++) next(i) = i + 1 < capacity ? i + 1 : 0xFFFFFFFFu;
        head() = 0;
    }
    u32 allocate() {
        u64 h = head().load(memory_order_acquire);
        for (;;) {
            u32 index = u32(h);
            if (index == 0xFFFFFFFFu) return index;
            u64 n = (((h >> 32) + 1) << 32) | next(index).load(memory_order_relaxed);
            if (head().compare_exchange_weak(h, n, memory_order_release, memory_order_acquire)) {
                at<u32>(p, 8).fetch_add(1, memory_order_relaxed);
                return index;
            }
        }
    }
    void release(u32 index) {
        u64 h = head().load(memory_order_acquire);
        u64 n;
        do {
            next(index).store(u32(h), memory_order_relaxed);
            n = (((h >> 32) + 1) << 32) | index;
        } while (!head().compare_exchange_weak(h, n, memory_order_release, memory_order_acquire));
        at<u32>(p, 8).fetch_sub(1, memory_order_relaxed);
    }
};

// ---- semaphore / mutex: count, waiting, max ----
struct Mutex {
    unsigned char* p;
    i32 maximum = 1;
    void lock() {
        at<i32>(p, 4).fetch_add(1, memory_order_relaxed);
        for (;;) {
            i32 c = at<i32>(p, 0).load(memory_order_acquire);
            if (c > 0 && at<i32>(p, 0).compare_exchange_weak(c, c - 1, memory_order_acquire, memory_order_relaxed)) break;
            pause_cpu();
        }
        at<i32>(p, 4).fetch_sub(1, memory_order_relaxed);
    }
    void unlock() {
        i32 c = at<i32>(p, 0).load(memory_order_relaxed);
        while (c < maximum && !at<i32>(p, 0).compare_exchange_weak(c, c + 1, memory_order_release, memory_order_relaxed)) {}
    }
};

// ---- the operations of one process, by name ----
struct Operation {
    const char* name;
    std::function<u64(u64)> run;  // rounds -> a check value
};

// A program that opens a structure learns its capacity from the header; the compiler must not know it here either.
static u32 opened(u32 capacity) {
    asm volatile("" : "+r"(capacity));
    return capacity;
}

static void add_collections(std::vector<Operation>& all) {
    {
        unsigned char* p = shared(1 << 20);
        Queue{p, 1024}.init();
        all.push_back({"queue.pair", [p](u64 n) { Queue q{p, opened(1024)}; u64 s = 0; for (u64 i = 0; i < n; i++) { i32 v = 0; q.push(i32(i)); q.pop(v); s += u32(v); } return s; }});
        all.push_back({"queue.batch32", [p](u64 n) {
            Queue q{p, opened(1024)};
            i32 items[32];
            u64 s = 0;
            for (u64 i = 0; i + 32 <= n; i += 32) {
                for (u32 k = 0; k < 32; k++) items[k] = i32(i + k);
                q.push_many(items, 32);
                q.pop_many(items, 32);
                s += u32(items[31]);
            }
            return s;
        }});
    }
    {
        unsigned char* p = shared(1 << 20);
        Stack{p, 1024}.init();
        all.push_back({"stack.pair", [p](u64 n) { Stack s{p, opened(1024)}; u64 t = 0; for (u64 i = 0; i < n; i++) { i32 v = 0; s.push(i32(i)); s.pop(v); t += u32(v); } return t; }});
    }
    {
        unsigned char* p = shared(1 << 20);
        all.push_back({"ring.pair", [p](u64 n) { Ring r{p, opened(4096)}; u64 t = 0; for (u64 i = 0; i < n; i++) { i32 v = 0; r.write(i32(i)); r.read(v); t += u32(v); } return t; }});
    }
    {
        unsigned char* p = shared(1 << 20);
        Map m{p, opened(1024)};
        unsigned char* found = shared(1 << 20);
        Map f{found, 1024};
        for (i32 k = 0; k < 512; k++) { m.put(k, k); f.put(k, k); }
        all.push_back({"map.find", [found](u64 n) { Map m{found, opened(1024)}; u64 t = 0; for (u64 i = 0; i < n; i++) { i32 v = 0; m.find(i32(i & 511), v); t += u32(v); } return t; }});
        all.push_back({"map.update", [p](u64 n) { Map m{p, opened(1024)}; for (u64 i = 0; i < n; i++) m.put(i32(i & 511), i32(i)); return n; }});
        all.push_back({"map.insert-remove", [p](u64 n) { Map m{p, opened(1024)}; u64 t = 0; for (u64 i = 0; i < n; i++) { m.put(i32(600 + (i & 7)), i32(i)); t += m.erase(i32(600 + (i & 7))); } return t; }});
    }
    {
        unsigned char* p = shared(1 << 20);
        Pool{p, 1024}.init();
        all.push_back({"pool.pair", [p](u64 n) { Pool o{p, opened(1024)}; u64 t = 0; for (u64 i = 0; i < n; i++) { u32 x = o.allocate(); t += x; o.release(x); } return t; }});
    }
    {
        unsigned char* p = shared(4096);
        all.push_back({"array.add", [p](u64 n) { for (u64 i = 0; i < n; i++) at<std::int64_t>(p, 8 + (i & 63) * 8).fetch_add(1, std::memory_order_seq_cst); return n; }});
    }
}

static void add_synchronisation(std::vector<Operation>& all) {
    unsigned char* p = shared(4096);
    at<i32>(p, 0) = 1;
    at<i32>(p, 8) = 1;
    all.push_back({"mutex.pair", [p](u64 n) { Mutex m{p}; u64 t = 0; for (u64 i = 0; i < n; i++) { m.lock(); t++; m.unlock(); } return t; }});
    all.push_back({"signal.set", [p](u64 n) {
        Mutex m{p};
        auto* version = reinterpret_cast<std::atomic<u64>*>(p + 64);
        auto* value = reinterpret_cast<volatile double*>(p + 72);
        for (u64 i = 0; i < n; i++) { m.lock(); *value = double(i); version->fetch_add(1, memory_order_release); m.unlock(); }
        return u64(*value);
    }});
    all.push_back({"signal.get", [p](u64 n) {
        Mutex m{p};
        auto* value = reinterpret_cast<volatile double*>(p + 72);
        double sum = 0;
        for (u64 i = 0; i < n; i++) { m.lock(); sum += *value; m.unlock(); }
        return u64(sum);
    }});
    all.push_back({"rwlock.read-pair", [p](u64 n) {
        Mutex m{p};
        for (u64 i = 0; i < n; i++) {
            m.lock();
            if (at<i32>(p, 132).load(memory_order_acquire) == 0) at<i32>(p, 128).fetch_add(1, memory_order_acq_rel);
            m.unlock();
            at<i32>(p, 128).fetch_sub(1, memory_order_release);
        }
        return n;
    }});
    all.push_back({"rwlock.write-pair", [p](u64 n) {
        Mutex readers{p}, writers{p + 256};
        at<i32>(p, 256) = 1;
        at<i32>(p, 264) = 1;
        for (u64 i = 0; i < n; i++) {
            writers.lock();
            readers.lock();
            at<i32>(p, 132).store(1, memory_order_release);
            readers.unlock();
            while (at<i32>(p, 128).load(memory_order_acquire) > 0) pause_cpu();
            at<i32>(p, 132).store(0, memory_order_release);
            writers.unlock();
        }
        return n;
    }});
    all.push_back({"semaphore.pair", [p](u64 n) {
        at<i32>(p, 512) = 4;
        Mutex s{p + 512, 8};
        for (u64 i = 0; i < n; i++) { s.lock(); s.unlock(); }
        return u64(at<i32>(p, 512).load());
    }});
}

static std::vector<Operation> operations() {
    std::vector<Operation> all;
    add_collections(all);
    add_synchronisation(all);
    return all;
}

static void single(u64 rounds) {
    for (auto& operation : operations()) measure(operation.name, rounds, operation.run);
}

// Driven line by line, so that another program can alternate its own runs with these: "NAME ROUNDS" is answered with
// nanoseconds per operation and the check value; "list" with the names; the end of the input ends it.
static void serve(int cpu) {
    pin(cpu);
    auto all = operations();
    char name[64];
    unsigned long long rounds = 0;
    std::printf("ready\n");
    std::fflush(stdout);
    char line[128];
    while (std::fgets(line, sizeof line, stdin)) {
        if (std::sscanf(line, "%63s %llu", name, &rounds) < 1) continue;
        if (std::string(name) == "list") {
            for (auto& operation : all) std::printf("%s ", operation.name);
            std::printf("\n");
        } else {
            auto found = std::find_if(all.begin(), all.end(), [&](const Operation& o) { return std::string(name) == o.name; });
            if (found == all.end()) {
                std::printf("unknown\n");
            } else {
                double start = now_ns();
                u64 check = found->run(rounds);
                std::printf("%.4f %llu\n", (now_ns() - start) / double(rounds), (unsigned long long)check);
            }
        }
        std::fflush(stdout);
    }
}

template <class A, class B> static void two(int cpuA, int cpuB, A first, B second) {
    pid_t child = fork();
    if (child == 0) {
        pin(cpuB);
        second();
        _exit(0);
    }
    pin(cpuA);
    first();
    int status = 0;
    waitpid(child, &status, 0);
}

static void ruler(int a, int b) {
    unsigned char* p = shared(4096);
    const u64 rounds = 200000;
    two(a, b,
        [&] {
            std::vector<double> samples;
            double start = now_ns();
            for (u64 i = 1; i <= rounds; i++) {
                at<u64>(p, 0).store(i, memory_order_release);
                while (at<u64>(p, 128).load(memory_order_acquire) != i) {}
                if (i % 1000 == 0) {
                    double t = now_ns();
                    samples.push_back((t - start) / 1000);
                    start = t;
                }
            }
            std::sort(samples.begin(), samples.end());
            report("ruler", samples[samples.size() / 2], rounds);
        },
        [&] {
            for (u64 i = 1; i <= rounds; i++) {
                while (at<u64>(p, 0).load(memory_order_acquire) != i) {}
                at<u64>(p, 128).store(i, memory_order_release);
            }
        });
}

static void queue_two(int a, int b, u64 n) {
    unsigned char* p = shared(1 << 20);
    Queue q{p, 8192};
    q.init();
    two(a, b,
        [&] {
            u64 sum = 0;
            double start = now_ns();
            for (u64 i = 0; i < n; i++) {
                i32 v;
                while (!q.pop(v)) pause_cpu();
                sum += u32(v);
            }
            report("queue.two-processes", (now_ns() - start) / double(n), sum);
        },
        [&] { for (u64 i = 0; i < n; i++) while (!q.push(i32(i))) pause_cpu(); });
}

static void spsc(int a, int b, u64 n) {
    const u64 slots = 8192;
    unsigned char* p = shared(4096 + slots * 64);
    two(a, b,
        [&] {
            u64 sum = 0, seen = 0;
            double start = now_ns();
            for (u64 i = 0; i < n; i++) {
                while (seen <= i) { seen = at<u64>(p, 0).load(memory_order_acquire); if (seen <= i) pause_cpu(); }
                sum += *reinterpret_cast<u64*>(p + 4096 + (i % slots) * 64);
                at<u64>(p, 128).store(i + 1, memory_order_release);
            }
            report("spsc.64", (now_ns() - start) / double(n), sum);
        },
        [&] {
            u64 free_until = slots;
            for (u64 i = 0; i < n; i++) {
                while (i >= free_until) { free_until = at<u64>(p, 128).load(memory_order_acquire) + slots; }
                u64* slot = reinterpret_cast<u64*>(p + 4096 + (i % slots) * 64);
                for (int k = 0; k < 8; k++) slot[k] = i;
                at<u64>(p, 0).store(i + 1, memory_order_release);
            }
        });
}

static void futex_wait(std::atomic<u32>& w, u32 v) { syscall(SYS_futex, &w, FUTEX_WAIT, v, nullptr, nullptr, 0); }
static void futex_wake(std::atomic<u32>& w) { syscall(SYS_futex, &w, FUTEX_WAKE, 1, nullptr, nullptr, 0); }

static void futex_round_trip(int a, int b, u64 n) {
    unsigned char* p = shared(4096);
    two(a, b,
        [&] {
            std::vector<double> samples;
            for (u64 i = 1; i <= n; i++) {
                double start = now_ns();
                at<u32>(p, 0).store(u32(i), memory_order_release);
                futex_wake(at<u32>(p, 0));
                u32 v;
                while ((v = at<u32>(p, 128).load(memory_order_acquire)) != u32(i)) futex_wait(at<u32>(p, 128), v);
                samples.push_back(now_ns() - start);
            }
            std::sort(samples.begin(), samples.end());
            report("futex.round-trip", samples[samples.size() / 2], n);
        },
        [&] {
            for (u64 i = 1; i <= n; i++) {
                u32 v;
                while ((v = at<u32>(p, 0).load(memory_order_acquire)) != u32(i)) futex_wait(at<u32>(p, 0), v);
                at<u32>(p, 128).store(u32(i), memory_order_release);
                futex_wake(at<u32>(p, 128));
            }
        });
}

static void copy(std::size_t bytes, std::size_t slots) {
    unsigned char* p = shared(bytes * slots);
    std::vector<unsigned char> source(bytes, 7);
    double best = 0;
    for (int run = 0; run < 5; run++) {
        std::size_t rounds = std::max<std::size_t>(slots, (std::size_t(1) << 30) / bytes);
        double start = now_ns();
        for (std::size_t i = 0; i < rounds; i++) std::memcpy(p + (i % slots) * bytes, source.data(), bytes);
        best = std::max(best, double(rounds) * double(bytes) / (now_ns() - start));
    }
    std::printf("{\"name\":\"copy\",\"bytes\":%zu,\"slots\":%zu,\"gigabytesPerSecond\":%.2f}\n", bytes, slots, best);
}

int main(int argc, char** argv) {
    std::string verb = argc > 1 ? argv[1] : "";
    auto number = [&](int i, u64 otherwise) { return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise; };
    int a = int(number(2, 0)), b = int(number(3, 1));
    if (verb == "single") single(number(2, 10000000));
    else if (verb == "serve") serve(a);
    else if (verb == "ruler") ruler(a, b);
    else if (verb == "queue") queue_two(a, b, number(4, 20000000));
    else if (verb == "spsc") spsc(a, b, number(4, 50000000));
    else if (verb == "futex") futex_round_trip(a, b, number(4, 20000));
    else if (verb == "copy") copy(number(2, 6220800), number(3, 4));
    else { std::fprintf(stderr, "baseline: verbs are single, serve, ruler, queue, spsc, futex, copy\n"); return 2; }
    return 0;
}
