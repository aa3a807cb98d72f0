// ZeroIPC v2: map and set in the C++ layout.
#pragma once

#include "zeroipc_table.hpp"

namespace zeroipc {

// The 64-bit byte hash of libstdc++.
inline uint64_t hash_bytes(const uint8_t* data, uint64_t length) {
    const uint64_t factor = 0xC6A4A7935BD1E995ull;
    uint64_t value = 0xC70F6907ull ^ (length * factor);
    uint64_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        std::memcpy(&word, data + at, 8);
        word *= factor;
        word ^= word >> 47;
        value = (value ^ (word * factor)) * factor;
    }
    if (at < length) {
        uint64_t rest = 0;
        std::memcpy(&rest, data + at, length - at);
        value = (value ^ rest) * factor;
    }
    value = (value ^ (value >> 47)) * factor;
    return value ^ (value >> 47);
}

// A set is a map without a value: value_size 0 in the header and the element directly behind the state.
class Map {
public:
    Map(Segment& segment, const std::string& name, const Element& key, const Element* value,
        uint64_t create_capacity = 0)
        : key_(key), value_size_(value ? value->size : 0) {
        uint64_t value_align = value ? value->align : 1;
        key_at_ = round_up(4, key.align);
        value_at_ = round_up(key_at_ + key.size, value_align);
        stride_ = round_up(value_at_ + value_size_, std::max<uint64_t>({4, key.align, value_align}));
        uint64_t offset;
        if (create_capacity) {
            offset = segment.add(name, 16 + create_capacity * stride_);
            *segment.at<uint32_t>(offset + 4) = static_cast<uint32_t>(create_capacity);
            *segment.at<uint32_t>(offset + 8) = static_cast<uint32_t>(key.size);
            *segment.at<uint32_t>(offset + 12) = static_cast<uint32_t>(value_size_);
        } else {
            offset = segment.find(name, 16, true);
        }
        capacity_ = *segment.at<uint32_t>(offset + 4);
        if (capacity_ == 0 || *segment.at<uint32_t>(offset + 8) != key.size ||
            *segment.at<uint32_t>(offset + 12) != value_size_ || segment.size_of(name) != 16 + capacity_ * stride_)
            throw Error("malformed", "map or set " + name);
        size_ = segment.at<uint32_t>(offset);
        entries_ = segment.memory().at(offset + 16, capacity_ * stride_);
    }

    // Inserts; an existing key is updated, or refused when update is false. False also when there is no slot.
    bool put(const Bytes& key, const Bytes& value, bool update) {
        while (true) {
            switch (try_put(key, value, update)) {
                case Done: return true;
                case Refused: return false;
                case Lost: break;
            }
        }
    }

    bool get(const Bytes& key, Bytes* value) {
        uint8_t* entry = find(key);
        if (entry) value->assign(entry + value_at_, entry + value_at_ + value_size_);
        return entry != nullptr;
    }

    bool remove(const Bytes& key) {
        while (uint8_t* entry = find(key)) {
            if (!peer::cas<uint32_t>(state_of(entry), Occupied, Deleted)) continue;
            __atomic_fetch_sub(size_, 1u, __ATOMIC_RELAXED);
            return true;
        }
        return false;
    }

    uint32_t size() const { return peer::relaxed(size_); }

private:
    enum : uint32_t { Empty, Occupied, Deleted, Inserting };
    enum Outcome { Done, Refused, Lost };

    static uint32_t* state_of(uint8_t* entry) { return reinterpret_cast<uint32_t*>(entry); }

    uint64_t hash(const Bytes& key) const {
        return key_.integral ? key_.extended(key) * 2654435761ull : hash_bytes(key.data(), key.size());
    }

    uint8_t* probe(uint64_t hash, uint64_t step) const { return entries_ + (hash + step) % capacity_ * stride_; }

    bool same(const uint8_t* entry, const Bytes& key) const {
        const uint8_t* found = entry + key_at_;
        if (!key_.floating) return std::memcmp(found, key.data(), key_.size) == 0;
        return key_.real(Bytes(found, found + key_.size)) == key_.real(key);
    }

    // The state after a bounded wait for an insert that is under way.
    static uint32_t settled(uint8_t* entry) {
        uint32_t state = Inserting;
        try_bounded([&] { return (state = peer::acquire(state_of(entry))) != Inserting; });
        return state;
    }

    Outcome try_put(const Bytes& key, const Bytes& value, bool update) {
        uint64_t first = hash(key);
        uint8_t* target = nullptr;
        uint32_t before = Empty;
        for (uint64_t step = 0; step < capacity_; step++) {
            uint8_t* entry = probe(first, step);
            uint32_t state = settled(entry);
            if (state == Occupied && same(entry, key)) {
                if (!update) return Refused;
                if (!peer::cas<uint32_t>(state_of(entry), Occupied, Inserting)) return Lost;
                std::memcpy(entry + value_at_, value.data(), value_size_);
                peer::release<uint32_t>(state_of(entry), Occupied);
                return Done;
            }
            if ((state == Empty || state == Deleted) && !target) {
                target = entry;
                before = state;
            }
            if (state == Empty) break;
        }
        if (!target) return Refused;
        if (!peer::cas<uint32_t>(state_of(target), before, Inserting)) return Lost;
        std::memcpy(target + key_at_, key.data(), key_.size);
        if (value_size_) std::memcpy(target + value_at_, value.data(), value_size_);
        peer::release<uint32_t>(state_of(target), Occupied);
        __atomic_fetch_add(size_, 1u, __ATOMIC_RELAXED);
        return Done;
    }

    uint8_t* find(const Bytes& key) {
        uint64_t first = hash(key);
        for (uint64_t step = 0; step < capacity_; step++) {
            uint8_t* entry = probe(first, step);
            uint32_t state = settled(entry);
            if (state == Empty) return nullptr;
            if (state == Occupied && same(entry, key)) return entry;
        }
        return nullptr;
    }

    Element key_;
    uint64_t value_size_, key_at_, value_at_, stride_, capacity_ = 0;
    uint32_t* size_;
    uint8_t* entries_;
};

}  // namespace zeroipc
