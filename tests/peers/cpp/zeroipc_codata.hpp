// ZeroIPC v2: future and channel in the C++ layout.
#pragma once

#include "zeroipc_containers.hpp"

namespace zeroipc {

class Future {
public:
    enum State : uint32_t { Pending, Computing, Ready, Failed };

    Future(Segment& segment, const std::string& name, const Element& element, bool create = false)
        : size_(element.size) {
        uint64_t size = 16 + size_ + 256;
        uint64_t offset = create ? segment.add(name, round_up(size, 8)) : segment.find(name, size, true);
        state_ = segment.at<uint32_t>(offset);
        waiters_ = segment.at<uint32_t>(offset + 4);
        time_ = segment.at<uint64_t>(offset + 8);
        value_ = segment.memory().at(offset + 16, size_);
        text_ = reinterpret_cast<char*>(segment.memory().at(offset + 16 + size_, 256));
    }

    bool set(const Bytes& data) {
        if (!peer::cas<uint32_t>(state_, Pending, Computing)) return false;
        std::memcpy(value_, data.data(), size_);
        peer::put_relaxed(time_, static_cast<uint64_t>(peer::now_ns()));
        peer::release<uint32_t>(state_, Ready);
        return true;
    }

    // The state comes first: a reader may see it before the text.
    bool fail(const std::string& text) {
        if (!peer::cas<uint32_t>(state_, Pending, Failed)) return false;
        std::strncpy(text_, text.c_str(), 255);
        peer::put_relaxed(time_, static_cast<uint64_t>(peer::now_ns()));
        return true;
    }

    bool wait(const Deadline& deadline) {
        __atomic_fetch_add(waiters_, 1u, __ATOMIC_RELAXED);
        bool met = deadline.spin([&] { return state() >= Ready; });
        __atomic_fetch_sub(waiters_, 1u, __ATOMIC_RELAXED);
        return met;
    }

    uint32_t state() const { return peer::acquire(state_); }
    Bytes value() const { return Bytes(value_, value_ + size_); }
    std::string text() const { return std::string(text_, strnlen(text_, 255)); }

private:
    uint64_t size_;
    uint32_t *state_, *waiters_;
    uint64_t* time_;
    uint8_t* value_;
    char* text_;
};

// NAME_header and the queue NAME_buffer, or for capacity 0 the rendezvous NAME_slot.
class Channel {
public:
    enum Outcome { Moved, TimedOut, Closed };

    Channel(Segment& segment, const std::string& name, const Element& element, const int64_t* create_capacity = nullptr)
        : size_(element.size) {
        uint64_t data_at = round_up(2, element.align), slot_size = round_up(data_at + size_, element.align);
        if (create_capacity) {
            uint64_t offset = segment.add(name + "_header", 32);
            if (*create_capacity) {
                Queue queue(segment, name + "_buffer", element, static_cast<uint64_t>(*create_capacity));
                *segment.at<uint32_t>(offset) = queue.capacity();
            } else {
                segment.add(name + "_slot", slot_size);
            }
        }
        uint64_t offset = segment.find(name + "_header", 32);
        senders_ = segment.at<uint32_t>(offset + 4);
        receivers_ = segment.at<uint32_t>(offset + 8);
        closed_ = segment.at<uint8_t>(offset + 12);
        if (*segment.at<uint32_t>(offset)) {
            queue_.emplace_back(segment, name + "_buffer", element);
        } else {
            slot_ = segment.memory().at(segment.find(name + "_slot", slot_size), slot_size);
            data_ = slot_ + data_at;
        }
    }

    bool closed() const { return peer::acquire(closed_) != 0; }
    void close() { peer::release<uint8_t>(closed_, 1); }

    Outcome send(const Bytes& data, const Deadline& deadline) {
        if (!queue_.empty()) {
            bool sent = false;
            bool ended = deadline.spin([&] { return closed() || (sent = queue_[0].push(data)); });
            return sent ? Moved : ended ? Closed : TimedOut;
        }
        peer::add(senders_, 1u);
        Outcome outcome = hand_over(data, deadline);
        peer::add(senders_, ~0u);
        return outcome;
    }

    Outcome receive(Bytes* data, const Deadline& deadline) {
        bool got = false;
        if (!queue_.empty()) {
            bool ended = deadline.spin([&] { return (got = queue_[0].pop(data)) || closed(); });
            if (!got && ended) got = queue_[0].pop(data);
            return got ? Moved : ended ? Closed : TimedOut;
        }
        peer::add(receivers_, 1u);
        bool ended = deadline.spin([&] { return (got = peer::acquire(slot_) != 0) || closed(); });
        if (got) {
            data->assign(data_, data_ + size_);
            peer::release<uint8_t>(slot_ + 1, 1);
            peer::release<uint8_t>(slot_, 0);
        }
        peer::add(receivers_, ~0u);
        return got ? Moved : ended ? Closed : TimedOut;
    }

private:
    Outcome hand_over(const Bytes& data, const Deadline& deadline) {
        if (!deadline.spin([&] { return closed() || peer::acquire(slot_) == 0; })) return TimedOut;
        if (closed()) return Closed;
        std::memcpy(data_, data.data(), size_);
        peer::release<uint8_t>(slot_ + 1, 0);
        peer::release<uint8_t>(slot_, 1);
        deadline.spin([&] { return closed() || peer::acquire(slot_ + 1) != 0; });
        return peer::acquire(slot_ + 1) != 0 ? Moved : closed() ? Closed : TimedOut;
    }

    uint64_t size_;
    std::vector<Queue> queue_;
    uint32_t *senders_, *receivers_;
    uint8_t *closed_, *slot_ = nullptr, *data_ = nullptr;
};

}  // namespace zeroipc
