// ZeroIPC v2: semaphore (and mutex), barrier, latch, once, event, rwlock, monitor, signal.
#pragma once

#include "zeroipc_table.hpp"

namespace zeroipc {

class Semaphore {
public:
    struct Shape {
        int32_t count, max;
    };

    Semaphore(Segment& segment, const std::string& name, const Shape* create = nullptr) {
        uint64_t offset = create ? segment.add(name, 16) : segment.find(name, 16);
        count_ = segment.at<int32_t>(offset);
        waiting_ = segment.at<int32_t>(offset + 4);
        max_ = segment.at<int32_t>(offset + 8);
        if (create) {
            *max_ = create->max;
            peer::release(count_, create->count);
        }
    }

    bool try_acquire() {
        for (int32_t count; (count = peer::acquire(count_)) > 0;)
            if (peer::cas(count_, count, count - 1)) return true;
        return false;
    }

    bool acquire(const Deadline& deadline) {
        __atomic_fetch_add(waiting_, 1, __ATOMIC_RELAXED);
        bool taken = deadline.poll([&] { return try_acquire(); });
        __atomic_fetch_sub(waiting_, 1, __ATOMIC_RELAXED);
        return taken;
    }

    void release() {
        int32_t count;
        do {
            count = peer::relaxed(count_);
            if (*max_ && count >= *max_) throw Error("overflow", "release of a semaphore at its maximum");
        } while (!peer::cas(count_, count, count + 1));
    }

    int32_t waiting() const { return peer::relaxed(waiting_); }
    int32_t count() const { return peer::relaxed(count_); }

private:
    int32_t *count_, *waiting_, *max_;
};

class Barrier {
public:
    Barrier(Segment& segment, const std::string& name, int32_t create_participants = 0) {
        uint64_t offset = create_participants ? segment.add(name, 16) : segment.find(name, 16);
        arrived_ = segment.at<int32_t>(offset);
        generation_ = segment.at<int32_t>(offset + 4);
        participants_ = segment.at<int32_t>(offset + 8);
        if (create_participants) *participants_ = create_participants;
    }

    bool wait(const Deadline& deadline) {
        int32_t generation = peer::acquire(generation_);
        if (peer::add(arrived_, 1) + 1 == *participants_) {
            peer::put_relaxed(arrived_, 0);
            __atomic_fetch_add(generation_, 1, __ATOMIC_RELEASE);
            return true;
        }
        if (deadline.poll([&] { return peer::acquire(generation_) != generation; })) return true;
        peer::add(arrived_, -1);
        return false;
    }

    int32_t participants() const { return *participants_; }

private:
    int32_t *arrived_, *generation_, *participants_;
};

class Latch {
public:
    Latch(Segment& segment, const std::string& name, const int32_t* create_count = nullptr) {
        uint64_t offset = create_count ? segment.add(name, 16) : segment.find(name, 16);
        count_ = segment.at<int32_t>(offset);
        if (create_count) {
            *segment.at<int32_t>(offset + 4) = *create_count;
            peer::release(count_, *create_count);
        }
    }

    int32_t down(int32_t number) {
        if (number < 1) throw Error("bad-command", "counting down by " + std::to_string(number));
        while (true) {
            int32_t count = peer::acquire(count_), left = std::max(count - number, 0);
            if (count <= 0 || peer::cas(count_, count, left)) return left;
        }
    }

    bool wait(const Deadline& deadline) {
        return deadline.poll([&] { return peer::acquire(count_) <= 0; });
    }

private:
    int32_t* count_;
};

class Once {
public:
    Once(Segment& segment, const std::string& name, bool create = false)
        : state_(segment.at<uint32_t>(create ? segment.add(name, 4) : segment.find(name, 4))) {}

    // 1: executed here, 0: executed by another one, -1: timed out.
    template <class Action>
    int call(Action action, const Deadline& deadline) {
        if (peer::acquire(state_) == 2) return 0;
        if (peer::cas<uint32_t>(state_, 0, 1)) {
            action();
            peer::release<uint32_t>(state_, 2);
            return 1;
        }
        return deadline.spin([&] { return peer::acquire(state_) != 1; }) ? 0 : -1;
    }

private:
    uint32_t* state_;
};

class Event {
public:
    Event(Segment& segment, const std::string& name) : Event(segment, name, segment.find(name, 12), nullptr) {}

    static Event create(Segment& segment, const std::string& name, bool manual) {
        uint64_t offset = segment.add(name, 12);
        *segment.at<uint32_t>(offset + 4) = manual ? 1 : 0;
        Semaphore::Shape shape{0, 0};
        return Event(segment, name, offset, &shape);
    }

    void signal() {
        peer::release<uint32_t>(signaled_, 1);
        if (!manual_) permits_.release();
    }

    bool wait(const Deadline& deadline) {
        if (!manual_) {
            if (!permits_.acquire(deadline)) return false;
            peer::release<uint32_t>(signaled_, 0);
            return true;
        }
        __atomic_fetch_add(waiting_, 1u, __ATOMIC_RELAXED);
        bool met = deadline.poll([&] { return peer::acquire(signaled_) != 0; });
        __atomic_fetch_sub(waiting_, 1u, __ATOMIC_RELAXED);
        return met;
    }

    void reset() { peer::release<uint32_t>(signaled_, 0); }

private:
    Event(Segment& segment, const std::string& name, uint64_t offset, const Semaphore::Shape* shape)
        : signaled_(segment.at<uint32_t>(offset)), waiting_(segment.at<uint32_t>(offset + 8)),
          manual_(*segment.at<uint32_t>(offset + 4) == 1), permits_(segment, name + "_sem", shape) {}

    uint32_t *signaled_, *waiting_;
    bool manual_;
    Semaphore permits_;
};

inline const Semaphore::Shape* mutex_shape(bool create) {
    static const Semaphore::Shape shape{1, 1};
    return create ? &shape : nullptr;
}

// The 1-byte entry that is created last and carries the name itself.
inline void marker(Segment& segment, const std::string& name, bool create) {
    if (create) segment.add(name, 1);
    else segment.find(name, 1);
}

class ReadWriteLock {
public:
    ReadWriteLock(Segment& segment, const std::string& name, bool create = false)
        : readers_(segment.at<int32_t>(create ? segment.add(name + "_state", 8) : segment.find(name + "_state", 8))),
          writer_(readers_ + 1), reader_mutex_(segment, name + "_rmtx", mutex_shape(create)),
          writer_mutex_(segment, name + "_wmtx", mutex_shape(create)) {
        marker(segment, name, create);
    }

    bool read_lock(const Deadline& deadline) {
        if (!reader_mutex_.acquire(deadline)) return false;
        while (peer::acquire(writer_) != 0) {
            reader_mutex_.release();
            sched_yield();
            if (deadline.passed() || !reader_mutex_.acquire(deadline)) return false;
        }
        peer::add(readers_, 1);
        reader_mutex_.release();
        return true;
    }

    void read_unlock() { peer::add(readers_, -1); }

    bool write_lock(const Deadline& deadline) {
        if (!writer_mutex_.acquire(deadline)) return false;
        if (!reader_mutex_.acquire(deadline)) {
            writer_mutex_.release();
            return false;
        }
        peer::release(writer_, 1);
        reader_mutex_.release();
        if (deadline.spin([&] { return peer::acquire(readers_) == 0; })) return true;
        write_unlock();
        return false;
    }

    void write_unlock() {
        peer::release(writer_, 0);
        writer_mutex_.release();
    }

private:
    int32_t *readers_, *writer_;
    Semaphore reader_mutex_, writer_mutex_;
};

class Monitor {
public:
    Monitor(Segment& segment, const std::string& name, bool create = false)
        : mutex_(segment, name + "_mtx", mutex_shape(create)), condition_(segment, name + "_cond", unbounded(create)),
          count_(segment.at<uint32_t>(create ? segment.add(name + "_count", 4) : segment.find(name + "_count", 4))) {
        marker(segment, name, create);
    }

    bool lock(const Deadline& deadline) { return mutex_.acquire(deadline); }
    void unlock() { mutex_.release(); }

    // May return without a notification.
    bool wait(const Deadline& deadline) {
        __atomic_fetch_add(count_, 1u, __ATOMIC_RELEASE);
        mutex_.release();
        bool notified = condition_.acquire(deadline);
        while (!mutex_.acquire(Deadline(1000))) {
        }
        __atomic_fetch_sub(count_, 1u, __ATOMIC_RELEASE);
        return notified;
    }

    void notify() {
        if (condition_.waiting() > 0 || peer::acquire(count_) > 0) condition_.release();
    }

    void notify_all() {
        for (uint32_t left = peer::acquire(count_); left > 0; left--) condition_.release();
    }

private:
    static const Semaphore::Shape* unbounded(bool create) {
        static const Semaphore::Shape shape{0, 0};
        return create ? &shape : nullptr;
    }

    Semaphore mutex_, condition_;
    uint32_t* count_;
};

class Signal {
public:
    Signal(Segment& segment, const std::string& name, const Element& element, bool create = false)
        : size_(element.size), version_(segment.at<uint64_t>(place(segment, name, create))),
          value_(reinterpret_cast<uint8_t*>(version_ + 1)), mutex_(segment, name + "_mtx", mutex_shape(create)) {
        marker(segment, name, create);
    }

    uint64_t set(const Bytes& data) {
        lock();
        std::memcpy(value_, data.data(), size_);
        uint64_t version = __atomic_fetch_add(version_, 1u, __ATOMIC_RELEASE) + 1;
        mutex_.release();
        return version;
    }

    uint64_t get(Bytes* data) {
        lock();
        data->assign(value_, value_ + size_);
        uint64_t version = peer::acquire(version_);
        mutex_.release();
        return version;
    }

    bool wait(uint64_t version, const Deadline& deadline) {
        return deadline.poll([&] { return peer::acquire(version_) != version; });
    }

private:
    uint64_t place(Segment& segment, const std::string& name, bool create) const {
        uint64_t size = round_up(8 + size_, 8);
        return create ? segment.add(name + "_state", size) : segment.find(name + "_state", 8 + size_, true);
    }

    void lock() {
        while (!mutex_.acquire(Deadline(1000))) {
        }
    }

    uint64_t size_;
    uint64_t* version_;
    uint8_t* value_;
    Semaphore mutex_;
};

}  // namespace zeroipc
