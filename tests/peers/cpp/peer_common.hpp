// Shared by the peers: flags, handshake lines, shared memory, atomic access, checksum, liveness.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace peer {

// An expected failure: the code is a stable word for tests.
struct Error : std::runtime_error {
    std::string code;
    Error(std::string c, const std::string& message) : std::runtime_error(message), code(std::move(c)) {}
};

inline void say(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

// A JSON string; quotes, backslashes and control characters become apostrophes.
inline std::string quoted(const std::string& text) {
    std::string safe;
    for (unsigned char c : text) safe += (c == '"' || c == '\\' || c < ' ') ? '\'' : static_cast<char>(c);
    return "\"" + safe + "\"";
}

inline void failure(const std::string& code, const std::string& message) {
    say("{\"event\":\"error\",\"code\":\"" + code + "\",\"message\":" + quoted(message) + "}");
}

[[noreturn]] inline void fail_errno(const std::string& what) {
    std::string code = errno == ENOENT ? "not-found" : errno == EEXIST ? "exists" : "os-error";
    throw Error(code, what + ": " + std::strerror(errno));
}

// --flag value or --flag=value; a flag followed by another flag or by nothing is a switch.
class Flags {
public:
    explicit Flags(const std::vector<std::string>& words) {
        for (size_t i = 0; i < words.size(); i++) {
            if (words[i].rfind("--", 0) != 0) throw Error("usage", "unexpected argument " + words[i]);
            size_t equals = words[i].find('=');
            bool value = equals == std::string::npos && i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
            if (equals != std::string::npos)
                values_[words[i].substr(2, equals - 2)] = words[i].substr(equals + 1);
            else
                values_[words[i].substr(2)] = value ? words[i + 1] : "";
            i += value ? 1 : 0;
        }
    }

    // Refuses flags that no verb asked for.
    void expect(const std::vector<std::string>& known) const {
        for (const auto& pair : values_) {
            bool found = false;
            for (const auto& name : known) found |= name == pair.first;
            if (!found) throw Error("usage", "unknown flag --" + pair.first);
        }
    }

    bool has(const std::string& name) const { return values_.count(name) != 0; }

    std::string text(const std::string& name, const std::string& fallback) const {
        auto found = values_.find(name);
        return found == values_.end() ? fallback : found->second;
    }

    std::string required(const std::string& name) const {
        if (!has(name)) throw Error("usage", "--" + name + " is missing");
        return values_.at(name);
    }

    int64_t number(const std::string& name, int64_t fallback) const {
        return has(name) ? std::stoll(values_.at(name), nullptr, 0) : fallback;
    }

private:
    std::map<std::string, std::string> values_;
};

// Blocks until stdin brings a line; without its line end. False at the end of stdin.
inline bool read_line(std::string* line) {
    line->clear();
    for (int c; (c = std::getchar()) != EOF;) {
        if (c == '\n') return true;
        if (c != '\r') *line += static_cast<char>(c);
    }
    return !line->empty();
}

// Blocks until stdin brings the word (true) or ends (false).
inline bool await_line(const std::string& word) {
    for (std::string line; read_line(&line);)
        if (line == word) return true;
    return false;
}

// A mapped /dev/shm object. With a size it is created exclusively.
class Shared {
public:
    explicit Shared(const std::string& name, size_t create_size = 0) {
        int flags = O_RDWR | (create_size ? O_CREAT | O_EXCL : 0);
        int descriptor = shm_open(name.c_str(), flags, 0666);
        if (descriptor < 0) fail_errno("shm_open " + name);
        struct stat status {};
        if ((create_size && ftruncate(descriptor, static_cast<off_t>(create_size)) != 0) ||
            fstat(descriptor, &status) != 0) {
            close(descriptor);
            fail_errno("sizing " + name);
        }
        size_ = static_cast<size_t>(status.st_size);
        if (size_ == 0) {
            close(descriptor);
            throw Error("malformed", "opening " + name + ": the object has size 0");
        }
        void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        close(descriptor);
        if (mapped == MAP_FAILED) fail_errno("mmap " + name);
        base_ = static_cast<uint8_t*>(mapped);
    }
    ~Shared() { munmap(base_, size_); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    size_t size() const { return size_; }

    uint8_t* at(uint64_t offset, uint64_t length) const {
        if (offset > size_ || length > size_ - offset) throw Error("malformed", "access beyond the segment");
        return base_ + offset;
    }

    template <class T>
    T* word(uint64_t offset) const {
        return reinterpret_cast<T*>(at(offset, sizeof(T)));
    }

private:
    uint8_t* base_ = nullptr;
    size_t size_ = 0;
};

template <class T> T relaxed(const T* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
template <class T> T acquire(const T* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
template <class T> void put_relaxed(T* p, T v) { __atomic_store_n(p, v, __ATOMIC_RELAXED); }
template <class T> void release(T* p, T v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
template <class T> T add(T* p, T v) { return __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL); }

template <class T>
bool cas(T* p, T expected, T desired) {
    return __atomic_compare_exchange_n(p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

class Fnv1a {
public:
    void add(const uint8_t* data, size_t size) {
        for (size_t i = 0; i < size; i++) hash_ = (hash_ ^ data[i]) * 0x100000001B3ull;
    }
    std::string hex() const {
        char text[17];
        std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
        return text;
    }

private:
    uint64_t hash_ = 0xCBF29CE484222325ull;
};

inline bool alive(uint64_t pid) {
    return pid != 0 && pid <= 0x7FFFFFFF && (kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

inline int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace peer
