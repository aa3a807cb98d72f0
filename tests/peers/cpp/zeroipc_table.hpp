// ZeroIPC v2: the segment's table, element types, and polling.
#pragma once

#include "peer_common.hpp"

namespace zeroipc {

using peer::Error;
using Bytes = std::vector<uint8_t>;

inline uint64_t round_up(uint64_t value, uint64_t step) { return (value + step - 1) / step * step; }

// A point in time; waiting polls with pauses of 1 us to 1 ms, spinning polls with yields.
class Deadline {
public:
    explicit Deadline(int64_t milliseconds) : end_(peer::now_ns() + milliseconds * 1000000) {}

    bool passed() const { return peer::now_ns() >= end_; }

    Deadline within(int64_t milliseconds) const {
        Deadline other(milliseconds);
        other.end_ = std::min(other.end_, end_);
        return other;
    }

    template <class Condition>
    bool poll(Condition condition) const {
        for (long pause = 1000; !condition(); pause = std::min(pause * 2, 1024000L)) {
            if (passed()) return false;
            timespec time{0, pause};
            nanosleep(&time, nullptr);
        }
        return true;
    }

    template <class Condition>
    bool spin(Condition condition) const {
        while (!condition()) {
            if (passed()) return false;
            sched_yield();
        }
        return true;
    }

private:
    int64_t end_;
};

// 10 000 attempts with a yield after each failed one. A process that runs beside others on a busy machine (--go) goes on
// for 20 s: whoever holds the slot may only be kept from running, and giving up then loses an element.
inline bool outlast_the_preempted = false;

template <class Attempt>
bool try_bounded(Attempt attempt) {
    int64_t end = peer::now_ns() + (outlast_the_preempted ? 20000000000 : 0);
    do {
        for (int i = 0; i < 10000; i++) {
            if (attempt()) return true;
            sched_yield();
        }
    } while (peer::now_ns() < end);
    return false;
}

// An element type of the command line: i8 ... u64, f32, f64, or bytes:N (hexadecimal).
class Element {
public:
    explicit Element(const std::string& name) : name_(name) {
        if (name.rfind("bytes:", 0) == 0) {
            size = std::stoul(name.substr(6));
            align = 1;
        } else {
            static const std::map<std::string, uint32_t> bits = {
                {"i8", 8}, {"u8", 8}, {"i16", 16}, {"u16", 16}, {"i32", 32}, {"u32", 32},
                {"i64", 64}, {"u64", 64}, {"f32", 32}, {"f64", 64}};
            auto found = bits.find(name);
            if (found == bits.end()) throw Error("bad-command", "unknown element type " + name);
            size = align = found->second / 8;
            integral = name[0] != 'f';
            floating = !integral;
        }
        if (size == 0) throw Error("bad-command", "an element has at least one byte");
    }

    Bytes parse(const std::string& text) const {
        if (floating) return number(std::stod(text));
        if (integral) return integer(text[0] == '-' ? static_cast<uint64_t>(std::stoll(text, nullptr, 0))
                                                    : std::stoull(text, nullptr, 0));
        Bytes bytes;
        for (size_t i = 0; i + 1 < text.size(); i += 2)
            bytes.push_back(static_cast<uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
        if (bytes.size() != size) throw Error("bad-command", "element of " + std::to_string(bytes.size()) + " bytes");
        return bytes;
    }

    // The JSON text of a value.
    std::string show(const Bytes& bytes) const {
        char text[64];
        if (floating) {
            std::snprintf(text, sizeof text, "%.17g", real(bytes));
            return text;
        }
        if (integral) return name_[0] == 'i' ? std::to_string(static_cast<int64_t>(extended(bytes)))
                                             : std::to_string(extended(bytes));
        std::string all = "\"";
        for (uint8_t byte : bytes) {
            std::snprintf(text, sizeof text, "%02x", byte);
            all += text;
        }
        return all + "\"";
    }

    // The bytes that stand for a counter value; repeated in wide elements, so that a torn one shows.
    Bytes pack_number(uint64_t value) const {
        if (floating) return number(static_cast<double>(value));
        Bytes bytes(size);
        for (size_t i = 0; i < size; i++) bytes[i] = static_cast<uint8_t>(value >> (i % 8 * 8));
        return bytes;
    }

    // False when the element is torn.
    bool unpack_number(const Bytes& bytes, uint64_t* value) const {
        *value = floating ? static_cast<uint64_t>(real(bytes)) : extended(bytes);
        return pack_number(*value) == bytes;
    }

    // The first 8 bytes as an integer, sign-extended for the signed types.
    uint64_t extended(const Bytes& bytes) const {
        uint64_t value = 0;
        size_t used = std::min<size_t>(8, bytes.size());
        std::memcpy(&value, bytes.data(), used);
        uint64_t sign = 1ull << (used * 8 - 1);
        return name_[0] == 'i' && used < 8 && (value & sign) ? value | ~(sign * 2 - 1) : value;
    }

    double real(const Bytes& bytes) const {
        if (size == 4) {
            float single;
            std::memcpy(&single, bytes.data(), 4);
            return single;
        }
        double value;
        std::memcpy(&value, bytes.data(), 8);
        return value;
    }

    uint64_t size = 0, align = 1;
    bool integral = false, floating = false;

private:
    Bytes integer(uint64_t value) const {
        Bytes bytes(size);
        std::memcpy(bytes.data(), &value, size);
        return bytes;
    }

    Bytes number(double value) const {
        Bytes bytes(size);
        float single = static_cast<float>(value);
        if (size == 4) std::memcpy(bytes.data(), &single, 4);
        else std::memcpy(bytes.data(), &value, 8);
        return bytes;
    }

    std::string name_;
};

struct Entry {
    char name[32];
    uint64_t offset, size;
};

struct Header {
    uint32_t magic, version, entry_count, max_entries;
    uint64_t memory_size, next_offset;
};

// A segment. The table has no protection: one process creates entries, the others open them.
class Segment {
public:
    Segment(const std::string& name, uint64_t create_size, uint32_t entries)
        : memory_(name, room_for(entries, create_size)) {
        Header* h = header();
        if (create_size) {
            h->version = 2;
            h->max_entries = entries;
            h->memory_size = create_size;
            h->next_offset = sizeof(Header) + entries * sizeof(Entry);
            peer::release<uint32_t>(&h->magic, 0x5A49504D);
        }
        if (peer::acquire(&h->magic) != 0x5A49504D || h->version != 2) throw Error("malformed", "not a v2 segment");
        max_ = h->max_entries ? h->max_entries : 64;
        if (sizeof(Header) + max_ * sizeof(Entry) > memory_.size() || h->memory_size > memory_.size())
            throw Error("malformed", "the table or memory_size is beyond the segment");
    }

    const peer::Shared& memory() const { return memory_; }

    // The offset of an entry that has the exact size, or at least it.
    uint64_t find(const std::string& name, uint64_t size, bool at_least = false) const {
        const Entry* entry = lookup(name);
        if (!entry) throw Error("not-found", "no entry " + name);
        if (entry->size != size && !(at_least && entry->size > size))
            throw Error("malformed", "entry " + name + " has " + std::to_string(entry->size) + " bytes: another kind");
        memory_.at(entry->offset, entry->size);
        return entry->offset;
    }

    uint64_t size_of(const std::string& name) const {
        const Entry* entry = lookup(name);
        if (!entry) throw Error("not-found", "no entry " + name);
        return entry->size;
    }

    uint64_t add(const std::string& name, uint64_t size) {
        Header* h = header();
        if (name.empty() || name.size() > 31) throw Error("bad-command", "entry name " + name);
        if (lookup(name)) throw Error("exists", "entry " + name + " exists");
        uint64_t offset = round_up(h->next_offset, 8);
        if (h->entry_count >= max_ || offset + size > h->memory_size) throw Error("full", "no room for " + name);
        h->next_offset = offset + size;
        Entry* entry = memory_.word<Entry>(sizeof(Header) + h->entry_count * sizeof(Entry));
        std::memset(entry, 0, sizeof *entry);
        std::memcpy(entry->name, name.data(), name.size());
        entry->offset = offset;
        entry->size = size;
        peer::release(&h->entry_count, h->entry_count + 1);
        return offset;
    }

    template <class T>
    T* at(uint64_t offset) const {
        return memory_.word<T>(offset);
    }

private:
    static uint64_t room_for(uint32_t entries, uint64_t size) {
        if (size && sizeof(Header) + entries * sizeof(Entry) > size)
            throw Error("bad-command", "a table of " + std::to_string(entries) + " entries does not fit");
        return size;
    }

    Header* header() const { return memory_.word<Header>(0); }

    const Entry* lookup(const std::string& name) const {
        uint32_t count = std::min(peer::acquire(&header()->entry_count), max_ ? max_ : ~0u);
        for (uint32_t i = 0; i < count; i++) {
            const Entry* entry = memory_.word<Entry>(sizeof(Header) + i * sizeof(Entry));
            if (std::strncmp(entry->name, name.c_str(), sizeof entry->name) == 0) return entry;
        }
        return nullptr;
    }

    peer::Shared memory_;
    uint32_t max_ = 0;
};

}  // namespace zeroipc
