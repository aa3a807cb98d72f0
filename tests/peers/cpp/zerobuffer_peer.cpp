// Foreign peer of ZeroBuffer v1: zerobuffer_peer read|write --name NAME ... (see README.md).
#include "zerobuffer_wire.hpp"

namespace {

using peer::Error;
using peer::Flags;

enum class Pattern { None, Sequential, Sequence, Index, Zero, Ones };

Pattern pattern_of(const std::string& name) {
    if (name == "none") return Pattern::None;
    if (name == "sequential") return Pattern::Sequential;
    if (name == "sequence") return Pattern::Sequence;
    if (name == "index") return Pattern::Index;
    if (name == "zero") return Pattern::Zero;
    if (name == "ones") return Pattern::Ones;
    throw Error("usage", "unknown pattern " + name);
}

// The patterns are windows into one repeated cycle of 256 bytes, so that full speed is that of memcpy and memcmp.
class Source {
public:
    explicit Source(Pattern pattern) : pattern_(pattern) {}

    const uint8_t* at(uint64_t size, uint64_t frame, uint64_t sequence) {
        if (bytes_.size() < size + 256) {
            bytes_.resize(size + 256);
            for (size_t i = 0; i < bytes_.size(); i++) bytes_[i] = value(i);
        }
        uint64_t shift = pattern_ == Pattern::Sequential ? frame : pattern_ == Pattern::Sequence ? sequence : 0;
        return bytes_.data() + shift % 256;
    }

private:
    uint8_t value(size_t i) const {
        if (pattern_ == Pattern::Zero) return 0;
        return pattern_ == Pattern::Ones ? 0xFF : static_cast<uint8_t>(i);
    }

    Pattern pattern_;
    std::vector<uint8_t> bytes_;
};

std::string field(const std::string& name, uint64_t value) { return "\"" + name + "\":" + std::to_string(value); }

std::string text_field(const std::string& name, const std::string& value) {
    return "\"" + name + "\":" + (value == "null" ? value : "\"" + value + "\"");
}

std::string hex(const std::vector<uint8_t>& bytes) {
    std::string text;
    char pair[3];
    for (uint8_t byte : bytes) {
        std::snprintf(pair, sizeof pair, "%02x", byte);
        text += pair;
    }
    return text.empty() ? "null" : text;
}

struct Tally {
    uint64_t frames = 0, bytes = 0, errors = 0;
    std::string end = "count";
    peer::Fnv1a checksum;
    int64_t started = peer::now_ns();

    std::string tail(bool with_checksum) const {
        uint64_t milliseconds = static_cast<uint64_t>((peer::now_ns() - started) / 1000000);
        return "," + text_field("end", end) + "," + field("durationMs", milliseconds) + "," +
               text_field("checksum", with_checksum ? checksum.hex() : "null");
    }
};

int read_verb(const Flags& flags) {
    flags.expect({"name", "metadata-size", "payload-size", "frames", "timeout-ms", "pattern", "no-checksum",
                  "per-frame", "delay-ms"});
    uint64_t wanted = static_cast<uint64_t>(flags.number("frames", 0));
    int64_t timeout = flags.number("timeout-ms", 5000), delay = flags.number("delay-ms", 0);
    Pattern pattern = pattern_of(flags.text("pattern", "none"));
    bool checksum = !flags.has("no-checksum"), each = flags.has("per-frame");
    Source source(pattern);
    zerobuffer::Reader reader(flags.required("name"), static_cast<uint64_t>(flags.number("metadata-size", 1024)),
                              static_cast<uint64_t>(flags.number("payload-size", 10240)));
    peer::say("ready");
    Tally tally;
    int64_t patience = peer::now_ns() + timeout * 1000000;
    while (wanted == 0 || tally.frames < wanted) {
        zerobuffer::Frame frame{};
        try {
            if (!reader.read(&frame, std::min<int64_t>(100, timeout))) {
                if (peer::now_ns() < patience) continue;
                tally.end = "timed-out";
                break;
            }
        } catch (const Error& error) {
            tally.end = error.code;
            if (error.code != "writer-closed" && error.code != "writer-dead") peer::failure(error.code, error.what());
            break;
        }
        if (tally.frames == 0) tally.started = peer::now_ns();
        bool good = pattern == Pattern::None ||
                    std::memcmp(frame.data, source.at(frame.size, tally.frames, frame.sequence), frame.size) == 0;
        tally.errors += good ? 0 : 1;
        if (checksum) tally.checksum.add(frame.data, frame.size);
        if (each) {
            peer::say("{\"event\":\"frame\"," + field("index", tally.frames) + "," + field("sequence", frame.sequence) +
                      "," + field("size", frame.size) + ",\"patternOk\":" + (good ? "true" : "false") + "}");
        }
        tally.frames++;
        tally.bytes += frame.size;
        if (delay > 0) usleep(static_cast<useconds_t>(delay * 1000));
        reader.release(frame);
        patience = timeout < 0 ? patience : peer::now_ns() + timeout * 1000000;
    }
    peer::say("{\"event\":\"summary\"," + field("framesRead", tally.frames) + "," + field("bytesRead", tally.bytes) +
              "," + field("verifyErrors", tally.errors) + tally.tail(checksum) + "," +
              text_field("metadata", hex(reader.metadata())) + "}");
    bool complete = tally.end == "count" || (wanted == 0 && tally.end == "writer-closed");
    return complete && tally.errors == 0 ? 0 : 1;
}

std::vector<uint64_t> sizes_of(const std::string& text) {
    std::vector<uint64_t> sizes;
    for (size_t start = 0; start <= text.size();) {
        size_t comma = std::min(text.find(',', start), text.size());
        sizes.push_back(std::stoull(text.substr(start, comma - start)));
        start = comma + 1;
    }
    return sizes;
}

// The buffer may appear, and get its header and reader, while this waits.
zerobuffer::Writer* connect(const std::string& name, int64_t wait_ms) {
    int64_t deadline = peer::now_ns() + wait_ms * 1000000;
    while (true) {
        try {
            return new zerobuffer::Writer(name);
        } catch (const Error& error) {
            bool later = error.code == "not-found" || error.code == "malformed" || error.code == "no-reader";
            if (!later || peer::now_ns() >= deadline) throw;
        }
        usleep(2000);
    }
}

int write_verb(const Flags& flags) {
    flags.expect({"name", "frames", "sizes", "pattern", "metadata", "metadata-bytes", "delay-ms", "timeout-ms",
                  "wait-ms", "no-checksum", "per-frame", "stay"});
    std::vector<uint64_t> sizes = sizes_of(flags.text("sizes", "1024"));
    uint64_t wanted = static_cast<uint64_t>(flags.number("frames", static_cast<int64_t>(sizes.size())));
    int64_t timeout = flags.number("timeout-ms", 5000), delay = flags.number("delay-ms", 0);
    Pattern pattern = pattern_of(flags.text("pattern", "sequential"));
    bool checksum = !flags.has("no-checksum"), each = flags.has("per-frame");
    Source source(pattern);
    zerobuffer::Writer* writer = connect(flags.required("name"), flags.number("wait-ms", 5000));
    peer::say("ready");
    std::string metadata = flags.text("metadata", "");
    for (int64_t i = 0; i < flags.number("metadata-bytes", 0); i++) metadata += static_cast<char>(i);
    Tally tally;
    try {
        if (!metadata.empty())
            writer->set_metadata(reinterpret_cast<const uint8_t*>(metadata.data()), metadata.size());
        for (; tally.frames < wanted; tally.frames++) {
            uint64_t size = sizes[tally.frames % sizes.size()];
            const uint8_t* data = source.at(size, tally.frames, tally.frames + 1);
            uint8_t* target = writer->reserve(size, timeout);
            if (pattern != Pattern::None) std::memcpy(target, data, size);
            writer->commit();
            if (checksum) tally.checksum.add(data, size);
            if (each)
                peer::say("{\"event\":\"written\"," + field("index", tally.frames) + "," + field("size", size) + "}");
            tally.bytes += size;
            if (delay > 0) usleep(static_cast<useconds_t>(delay * 1000));
        }
    } catch (const Error& error) {
        tally.end = error.code;
        peer::failure(error.code, error.what());
    }
    peer::say("{\"event\":\"summary\"," + field("framesWritten", tally.frames) + "," +
              field("bytesWritten", tally.bytes) + tally.tail(checksum) + "}");
    if (flags.has("stay")) peer::await_line("close");
    delete writer;
    return tally.end == "count" ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::string verb = argc > 1 ? argv[1] : "";
        Flags flags(std::vector<std::string>(argv + std::min(argc, 2), argv + argc));
        if (verb != "read" && verb != "write") throw Error("usage", "zerobuffer_peer read|write --name NAME ...");
        int code = verb == "read" ? read_verb(flags) : write_verb(flags);
        peer::say("done");
        return code;
    } catch (const Error& error) {
        peer::failure(error.code, error.what());
        return error.code == "usage" ? 2 : 1;
    } catch (const std::exception& error) {
        peer::failure("usage", error.what());
        return 2;
    }
}
