// ZeroIPC v2: queue, stack, ring, pool, and the plain u64 array of the counters.
#pragma once

#include "zeroipc_table.hpp"

namespace zeroipc {

// What push and pop verbs and loops need.
struct Container {
    virtual ~Container() = default;
    virtual bool push(const Bytes& data) = 0;
    virtual bool pop(Bytes* data) = 0;
};

class Queue : public Container {
public:
    Queue(Segment& segment, const std::string& name, const Element& element, uint64_t create_capacity = 0)
        : size_(element.size) {
        uint64_t offset;
        if (create_capacity) {
            uint64_t capacity = 2;
            while (capacity < create_capacity) capacity *= 2;
            offset = segment.add(name, 16 + round_up(capacity * size_, 8) + 4 * capacity);
            *segment.at<uint32_t>(offset + 8) = static_cast<uint32_t>(capacity);
            *segment.at<uint32_t>(offset + 12) = static_cast<uint32_t>(size_);
            for (uint32_t i = 0; i < capacity; i++)
                *segment.at<uint32_t>(offset + 16 + round_up(capacity * size_, 8) + 4 * i) = i;
        } else {
            offset = segment.find(name, 16, true);
        }
        capacity_ = *segment.at<uint32_t>(offset + 8);
        if (capacity_ == 0 || (capacity_ & (capacity_ - 1)) || *segment.at<uint32_t>(offset + 12) != size_ ||
            segment.size_of(name) != 16 + round_up(capacity_ * size_, 8) + 4ull * capacity_)
            throw Error("malformed", "queue " + name);
        head_ = segment.at<uint32_t>(offset);
        tail_ = segment.at<uint32_t>(offset + 4);
        data_ = segment.memory().at(offset + 16, capacity_ * size_);
        sequences_ = segment.at<uint32_t>(offset + 16 + round_up(capacity_ * size_, 8));
    }

    bool push(const Bytes& data) override {
        while (true) {
            uint32_t tail = peer::relaxed(tail_);
            uint32_t* sequence = sequences_ + tail % capacity_;
            int32_t distance = static_cast<int32_t>(peer::acquire(sequence) - tail);
            if (distance < 0) return false;
            if (distance > 0 || !peer::cas(tail_, tail, tail + 1)) continue;
            std::memcpy(data_ + tail % capacity_ * size_, data.data(), size_);
            peer::release(sequence, tail + 1);
            return true;
        }
    }

    bool pop(Bytes* data) override {
        while (true) {
            uint32_t head = peer::relaxed(head_);
            uint32_t* sequence = sequences_ + head % capacity_;
            int32_t distance = static_cast<int32_t>(peer::acquire(sequence) - (head + 1));
            if (distance < 0) return false;
            if (distance > 0 || !peer::cas(head_, head, head + 1)) continue;
            const uint8_t* slot = data_ + head % capacity_ * size_;
            data->assign(slot, slot + size_);
            peer::release(sequence, head + capacity_);
            return true;
        }
    }

    uint32_t capacity() const { return capacity_; }

private:
    uint64_t size_;
    uint32_t capacity_;
    uint32_t *head_, *tail_, *sequences_;
    uint8_t* data_;
};

class Stack : public Container {
public:
    Stack(Segment& segment, const std::string& name, const Element& element, uint64_t create_capacity = 0)
        : size_(element.size) {
        uint64_t offset;
        if (create_capacity) {
            offset = segment.add(name, 16 + round_up(create_capacity * size_, 8) + 4 * create_capacity);
            *segment.at<int32_t>(offset) = -1;
            *segment.at<uint32_t>(offset + 4) = static_cast<uint32_t>(create_capacity);
            *segment.at<uint32_t>(offset + 8) = static_cast<uint32_t>(size_);
        } else {
            offset = segment.find(name, 16, true);
        }
        capacity_ = *segment.at<uint32_t>(offset + 4);
        if (capacity_ == 0 || *segment.at<uint32_t>(offset + 8) != size_ ||
            segment.size_of(name) != 16 + round_up(capacity_ * size_, 8) + 4ull * capacity_)
            throw Error("malformed", "stack " + name);
        top_ = segment.at<int32_t>(offset);
        data_ = segment.memory().at(offset + 16, capacity_ * size_);
        states_ = segment.at<uint32_t>(offset + 16 + round_up(capacity_ * size_, 8));
    }

    bool push(const Bytes& data) override {
        int32_t top;
        do {
            top = peer::relaxed(top_);
            if (top >= static_cast<int32_t>(capacity_ - 1)) return false;
        } while (!peer::cas(top_, top, top + 1));
        uint32_t* state = states_ + top + 1;
        if (!try_bounded([&] { return peer::cas<uint32_t>(state, Empty, Writing); })) {
            peer::cas(top_, top + 1, top);
            return false;
        }
        std::memcpy(data_ + static_cast<uint64_t>(top + 1) * size_, data.data(), size_);
        peer::release<uint32_t>(state, Ready);
        return true;
    }

    bool pop(Bytes* data) override {
        int32_t top;
        do {
            top = peer::relaxed(top_);
            if (top < 0) return false;
        } while (!peer::cas(top_, top, top - 1));
        uint32_t* state = states_ + top;
        if (!try_bounded([&] { return peer::cas<uint32_t>(state, Ready, Reading); })) {
            peer::cas(top_, top - 1, top);
            return false;
        }
        const uint8_t* slot = data_ + static_cast<uint64_t>(top) * size_;
        data->assign(slot, slot + size_);
        peer::release<uint32_t>(state, Empty);
        return true;
    }

private:
    enum : uint32_t { Empty, Writing, Ready, Reading };
    uint64_t size_;
    uint32_t capacity_;
    int32_t* top_;
    uint32_t* states_;
    uint8_t* data_;
};

// One producer, one consumer.
class Ring : public Container {
public:
    Ring(Segment& segment, const std::string& name, const Element& element, uint64_t create_bytes = 0)
        : size_(element.size) {
        uint64_t offset;
        if (create_bytes) {
            uint64_t capacity = std::max<uint64_t>(create_bytes / size_, 1) * size_;
            offset = segment.add(name, 24 + capacity);
            *segment.at<uint32_t>(offset + 16) = static_cast<uint32_t>(capacity);
            *segment.at<uint32_t>(offset + 20) = static_cast<uint32_t>(size_);
        } else {
            offset = segment.find(name, 24, true);
        }
        capacity_ = *segment.at<uint32_t>(offset + 16);
        if (capacity_ == 0 || capacity_ % size_ || *segment.at<uint32_t>(offset + 20) != size_ ||
            segment.size_of(name) != 24 + capacity_)
            throw Error("malformed", "ring " + name);
        written_ = segment.at<uint64_t>(offset);
        read_ = segment.at<uint64_t>(offset + 8);
        data_ = segment.memory().at(offset + 24, capacity_);
    }

    bool push(const Bytes& data) override {
        uint64_t written = peer::relaxed(written_);
        if (written - peer::acquire(read_) + size_ > capacity_) return false;
        std::memcpy(data_ + written % capacity_, data.data(), size_);
        peer::release(written_, written + size_);
        return true;
    }

    bool pop(Bytes* data) override {
        uint64_t read = peer::relaxed(read_);
        if (peer::acquire(written_) == read) return false;
        const uint8_t* slot = data_ + read % capacity_;
        data->assign(slot, slot + size_);
        peer::release(read_, read + size_);
        return true;
    }

private:
    uint64_t size_, capacity_;
    uint64_t *written_, *read_;
    uint8_t* data_;
};

class Pool {
public:
    Pool(Segment& segment, const std::string& name, const Element& element, uint64_t create_capacity = 0)
        : size_(element.size), next_(round_up(size_, 4)),
          stride_(round_up(next_ + 4, std::max<uint64_t>(4, element.align))) {
        uint64_t offset;
        if (create_capacity) {
            offset = segment.add(name, 24 + create_capacity * stride_);
            *segment.at<uint32_t>(offset + 16) = static_cast<uint32_t>(create_capacity);
            *segment.at<uint32_t>(offset + 20) = static_cast<uint32_t>(size_);
            for (uint32_t i = 0; i < create_capacity; i++)
                *segment.at<uint32_t>(offset + 24 + i * stride_ + next_) = i + 1 < create_capacity ? i + 1 : None;
        } else {
            offset = segment.find(name, 24, true);
        }
        capacity_ = *segment.at<uint32_t>(offset + 16);
        if (*segment.at<uint32_t>(offset + 20) != size_ || segment.size_of(name) != 24 + capacity_ * stride_)
            throw Error("malformed", "pool " + name);
        head_ = segment.at<uint64_t>(offset);
        allocated_ = segment.at<uint32_t>(offset + 8);
        nodes_ = segment.memory().at(offset + 24, capacity_ * stride_);
    }

    bool allocate(uint32_t* index) {
        while (true) {
            uint64_t head = peer::acquire(head_);
            *index = static_cast<uint32_t>(head);
            if (*index == None) return false;
            uint32_t next = peer::relaxed(next_of(*index));
            if (!peer::cas(head_, head, ((head >> 32) + 1) << 32 | next)) continue;
            __atomic_fetch_add(allocated_, 1u, __ATOMIC_RELAXED);
            return true;
        }
    }

    void free(uint32_t index) {
        uint64_t head;
        do {
            head = peer::acquire(head_);
            peer::put_relaxed(next_of(index), static_cast<uint32_t>(head));
        } while (!peer::cas(head_, head, ((head >> 32) + 1) << 32 | index));
        __atomic_fetch_sub(allocated_, 1u, __ATOMIC_RELAXED);
    }

    uint8_t* node(uint32_t index) const {
        if (index >= capacity_) throw Error("malformed", "node " + std::to_string(index) + " of a pool");
        return nodes_ + index * stride_;
    }

private:
    static constexpr uint32_t None = 0xFFFFFFFF;
    uint32_t* next_of(uint32_t index) const { return reinterpret_cast<uint32_t*>(node(index) + next_); }

    uint64_t size_, next_, stride_;
    uint64_t capacity_ = 0;
    uint64_t* head_;
    uint32_t* allocated_;
    uint8_t* nodes_;
};

// Plain u64 elements: only something that keeps others out makes increments of them safe.
class Counters {
public:
    Counters(Segment& segment, const std::string& name, uint64_t create_capacity = 0) {
        uint64_t offset;
        if (create_capacity) {
            offset = segment.add(name, 8 + 8 * create_capacity);
            *segment.at<uint64_t>(offset) = create_capacity;
        } else {
            offset = segment.find(name, 8, true);
        }
        capacity_ = *segment.at<uint64_t>(offset);
        if (segment.size_of(name) != 8 + 8 * capacity_) throw Error("malformed", "array " + name);
        values_ = segment.at<uint64_t>(offset);
    }

    volatile uint64_t& operator[](uint64_t index) {
        if (index >= capacity_) throw Error("malformed", "index " + std::to_string(index) + " of an array");
        return values_[index + 1];
    }

    uint64_t size() const { return capacity_; }

private:
    uint64_t capacity_;
    volatile uint64_t* values_;
};

}  // namespace zeroipc
