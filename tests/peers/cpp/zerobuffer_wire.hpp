// ZeroBuffer v1 as its C++ users do it: header, named semaphores, lock file, reader and writer.
#pragma once

#include <semaphore.h>
#include <sys/file.h>
#include <time.h>

#include "peer_common.hpp"

namespace zerobuffer {

using peer::Error;

struct Oieb {
    uint32_t oieb_size;
    uint8_t major, minor, patch, reserved;
    uint64_t metadata_size, metadata_free_bytes, metadata_written_bytes;
    uint64_t payload_size, payload_free_bytes, payload_write_pos, payload_read_pos;
    uint64_t payload_written_count, payload_read_count;
    uint64_t writer_pid, reader_pid;
    uint64_t unused[4];
};
static_assert(sizeof(Oieb) == 128, "the header has 128 bytes");

struct FrameHeader {
    uint64_t size, sequence;
};

inline uint64_t block(uint64_t size) { return (size + 63) & ~63ull; }

class Semaphore {
public:
    Semaphore(const std::string& name, bool create) {
        handle_ = create ? sem_open(name.c_str(), O_CREAT | O_EXCL, 0666, 0u) : sem_open(name.c_str(), 0);
        if (handle_ == SEM_FAILED) peer::fail_errno("sem_open " + name);
    }
    ~Semaphore() { sem_close(handle_); }
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    void post() {
        if (sem_post(handle_) != 0) peer::fail_errno("sem_post");
    }

    bool wait_ms(int64_t milliseconds) {
        timespec limit{};
        clock_gettime(CLOCK_REALTIME, &limit);
        int64_t nanoseconds = limit.tv_nsec + milliseconds % 1000 * 1000000;
        limit.tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
        limit.tv_nsec = nanoseconds % 1000000000;
        while (sem_timedwait(handle_, &limit) != 0) {
            if (errno == ETIMEDOUT) return false;
            if (errno != EINTR) peer::fail_errno("sem_timedwait");
        }
        return true;
    }

private:
    sem_t* handle_;
};

// What both ends share: the mapping and the two semaphores (w = data written, r = space released).
class End {
public:
    explicit End(std::string name) : name_(std::move(name)) {}
    ~End() {
        delete data_;
        delete space_;
        delete memory_;
    }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

    Oieb* header() const { return memory_->word<Oieb>(0); }

protected:
    std::string data_name() const { return "/sem-w-" + name_; }
    std::string space_name() const { return "/sem-r-" + name_; }

    void open_semaphores(bool create) {
        data_ = new Semaphore(data_name(), create);
        space_ = new Semaphore(space_name(), create);
    }

    void map_payload() {
        size_ = header()->payload_size;
        payload_ = memory_->at(sizeof(Oieb) + header()->metadata_size, size_);
    }

    std::string name_;
    peer::Shared* memory_ = nullptr;
    Semaphore* data_ = nullptr;
    Semaphore* space_ = nullptr;
    uint8_t* payload_ = nullptr;
    uint64_t size_ = 0;
};

struct Frame {
    const uint8_t* data;
    uint64_t size, sequence, total;
};

// Owner of the buffer. Creation order: lock, segment, header (reader_pid last), semaphores.
class Reader : public End {
public:
    Reader(const std::string& name, uint64_t metadata_size, uint64_t payload_size) : End(name) {
        take_lock();
        try {
            create(block(metadata_size), block(payload_size));
        } catch (...) {
            close_all();
            throw;
        }
    }

    ~Reader() {
        peer::release<uint64_t>(&header()->reader_pid, 0);
        close_all();
    }

    std::vector<uint8_t> metadata() const {
        const Oieb* h = header();
        if (peer::acquire(&h->metadata_written_bytes) == 0) return {};
        uint64_t length = *memory_->word<uint64_t>(sizeof(Oieb));
        if (length == 0 || length + 8 > h->metadata_size) throw Error("malformed", "invalid metadata size");
        const uint8_t* start = memory_->at(sizeof(Oieb) + 8, length);
        return {start, start + length};
    }

    // False on time-out; a dead or closed writer without frames is an error.
    bool read(Frame* frame, int64_t timeout_ms) {
        Oieb* h = header();
        if (!data_->wait_ms(timeout_ms)) {
            uint64_t pid = peer::acquire(&h->writer_pid);
            if (pid != 0 && !peer::alive(pid)) throw Error("writer-dead", "the writer process is gone");
            if (pid == 0 && peer::relaxed(&h->payload_written_count) != 0 && !data_->wait_ms(0))
                throw Error("writer-closed", "the writer closed, all its frames were read");
            if (pid != 0 || peer::relaxed(&h->payload_written_count) == 0) return false;
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        bool drained = peer::relaxed(&h->payload_written_count) <= peer::relaxed(&h->payload_read_count);
        if (!implicit_wrap_ && peer::acquire(&h->writer_pid) == 0 && drained)
            throw Error("writer-closed", "a token without a frame, and no writer");
        take(frame);
        return true;
    }

    void release(const Frame& frame) {
        peer::add<uint64_t>(&header()->payload_free_bytes, frame.total);
        space_->post();
    }

private:
    void create(uint64_t metadata, uint64_t payload) {
        try {
            memory_ = new peer::Shared(name_, sizeof(Oieb) + metadata + payload);
        } catch (const Error&) {  // whatever stands in the way is taken over
            unlink_all();
            memory_ = new peer::Shared(name_, sizeof(Oieb) + metadata + payload);
        }
        Oieb* h = header();
        h->oieb_size = sizeof(Oieb);
        h->major = 1;
        h->metadata_size = h->metadata_free_bytes = metadata;
        h->payload_size = h->payload_free_bytes = payload;
        peer::release<uint64_t>(&h->reader_pid, static_cast<uint64_t>(getpid()));
        sem_unlink(data_name().c_str());
        sem_unlink(space_name().c_str());
        open_semaphores(true);
        map_payload();
    }

    void close_all() {
        if (memory_) unlink_all();
        unlink(lock_path().c_str());
        close(lock_);
    }

    std::string lock_path() const { return "/tmp/zerobuffer/" + name_ + ".lock"; }

    void take_lock() {
        mkdir("/tmp/zerobuffer", 0777);
        int descriptor = open(lock_path().c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
        if (descriptor < 0) peer::fail_errno("open " + lock_path());
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            close(descriptor);
            throw Error("reader-exists", "failed to acquire lock " + lock_path());
        }
        lock_ = descriptor;
    }

    void unlink_all() {
        shm_unlink(name_.c_str());
        sem_unlink(data_name().c_str());
        sem_unlink(space_name().c_str());
    }

    void wrap(uint64_t tail, bool counts) {
        Oieb* h = header();
        peer::add<uint64_t>(&h->payload_free_bytes, tail);
        peer::put_relaxed<uint64_t>(&h->payload_read_pos, 0);
        if (counts) peer::put_relaxed(&h->payload_read_count, peer::relaxed(&h->payload_read_count) + 1);
    }

    FrameHeader header_at(uint64_t position) const {
        FrameHeader result{};
        if (size_ - position < sizeof result) throw Error("malformed", "no room for a frame header");
        std::memcpy(&result, payload_ + position, sizeof result);
        return result;
    }

    void take(Frame* frame) {
        Oieb* h = header();
        uint64_t position = peer::relaxed(&h->payload_read_pos);
        if (position > size_) throw Error("malformed", "read position beyond the payload");
        if (size_ - position < sizeof(FrameHeader)) {
            implicit_wrap_ = true;
            wrap(size_ - position, false);
            position = 0;
        }
        FrameHeader next = header_at(position);
        if (next.size == 0) {
            wrap(size_ - position, true);
            position = 0;
            next = header_at(0);
        }
        if (next.sequence != expected_)
            throw Error("sequence", "sequence " + std::to_string(next.sequence) + ", expected " +
                                        std::to_string(expected_));
        if (next.size == 0 || next.size > size_ - position - sizeof next)
            throw Error("malformed", "frame of " + std::to_string(next.size) + " bytes");
        expected_++;
        uint64_t total = sizeof next + next.size;
        peer::put_relaxed(&h->payload_read_pos, (position + total) % size_);
        peer::put_relaxed(&h->payload_read_count, peer::relaxed(&h->payload_read_count) + 1);
        *frame = {payload_ + position + sizeof next, next.size, next.sequence, total};
    }

    int lock_ = -1;
    uint64_t expected_ = 1;
    bool implicit_wrap_ = false;
};

// Connects in the order segment, header checks, writer_pid, semaphores. As with the known C++ writer the pid stays when
// the semaphores do not exist yet, so a reader must create them before its header names it.
class Writer : public End {
public:
    explicit Writer(const std::string& name) : End(name) {
        memory_ = new peer::Shared(name);
        Oieb* h = memory_->word<Oieb>(0);
        if (peer::acquire(&h->oieb_size) != sizeof(Oieb)) throw Error("malformed", "oieb_size is not 128");
        if (h->major != 1) throw Error("malformed", "major version is not 1");
        if (!peer::alive(peer::acquire(&h->reader_pid))) throw Error("no-reader", "no active reader found");
        if (peer::alive(peer::acquire(&h->writer_pid))) throw Error("writer-exists", "another writer is connected");
        peer::release<uint64_t>(&h->writer_pid, static_cast<uint64_t>(getpid()));
        open_semaphores(false);
        map_payload();
        metadata_written_ = h->metadata_written_bytes != 0;
    }

    ~Writer() {
        if (payload_) peer::release<uint64_t>(&header()->writer_pid, 0);
    }

    void set_metadata(const uint8_t* data, uint64_t length) {
        Oieb* h = header();
        if (metadata_written_) throw Error("metadata-written", "metadata was written before");
        if (length + 8 > h->metadata_size) throw Error("metadata-too-large", "metadata too large for buffer");
        *memory_->word<uint64_t>(sizeof(Oieb)) = length;
        std::memcpy(memory_->at(sizeof(Oieb) + 8, length), data, length);
        peer::release<uint64_t>(&h->metadata_written_bytes, length + 8);
        peer::release<uint64_t>(&h->metadata_free_bytes, h->metadata_size - length - 8);
        metadata_written_ = true;
    }

    // Waits in slices of 100 ms for room; a frame that can never fit ends as buffer-full.
    uint8_t* reserve(uint64_t length, int64_t timeout_ms) {
        Oieb* h = header();
        if (length == 0) throw Error("frame-size", "a frame has at least one byte");
        uint64_t total = sizeof(FrameHeader) + length;
        await_room(total, timeout_ms);
        uint64_t position = peer::relaxed(&h->payload_write_pos);
        if (size_ - position < total) {
            wrap(size_ - position, position);
            position = 0;
        }
        FrameHeader next{length, ++sequence_};
        std::memcpy(payload_ + position, &next, sizeof next);
        position_ = position;
        total_ = total;
        return payload_ + position + sizeof next;
    }

    void commit() {
        Oieb* h = header();
        peer::put_relaxed(&h->payload_write_pos, position_ + total_);
        __atomic_fetch_sub(&h->payload_free_bytes, total_, __ATOMIC_RELEASE);
        peer::put_relaxed(&h->payload_written_count, peer::relaxed(&h->payload_written_count) + 1);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        data_->post();
    }

private:
    void await_room(uint64_t total, int64_t timeout_ms) {
        Oieb* h = header();
        int64_t deadline = peer::now_ns() + timeout_ms * 1000000;
        while (true) {
            uint64_t reader = peer::acquire(&h->reader_pid);
            if (reader == 0) throw Error("reader-dead", "the reader closed");
            uint64_t tail = size_ - peer::relaxed(&h->payload_write_pos);
            uint64_t need = tail >= total ? total : tail + total;
            if (peer::acquire(&h->payload_free_bytes) >= need) return;
            if (space_->wait_ms(100)) continue;
            if (!peer::alive(reader)) throw Error("reader-dead", "the reader process is gone");
            if (peer::now_ns() >= deadline) throw Error("buffer-full", "no room within the time-out");
        }
    }

    void wrap(uint64_t tail, uint64_t position) {
        Oieb* h = header();
        if (tail >= sizeof(FrameHeader)) {
            std::memset(payload_ + position, 0, sizeof(FrameHeader));
            peer::put_relaxed(&h->payload_written_count, peer::relaxed(&h->payload_written_count) + 1);
        }
        __atomic_fetch_sub(&h->payload_free_bytes, tail, __ATOMIC_RELEASE);
        peer::put_relaxed<uint64_t>(&h->payload_write_pos, 0);
    }

    bool metadata_written_ = false;
    uint64_t sequence_ = 0, position_ = 0, total_ = 0;
};

}  // namespace zerobuffer
