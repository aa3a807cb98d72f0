// Foreign duplex ends of ZeroBuffer v1: duplex_peer serve|call --name CHANNEL ... (see README.md).
#include <memory>

#include "zerobuffer_wire.hpp"

namespace {

using peer::Error;
using peer::Flags;
using zerobuffer::Frame;
using zerobuffer::Reader;
using zerobuffer::Writer;

constexpr char kErrorAnswer[] = "PLENUM-DUPLEX-ERROR ";

// What a server makes of a request.
class Transform {
public:
    Transform(const std::string& mode, int64_t key) : mode_(mode), key_(static_cast<uint8_t>(key)) {
        if (mode != "echo" && mode != "reverse" && mode != "xor") throw Error("usage", "unknown mode " + mode);
    }

    void apply(const uint8_t* source, uint64_t size, uint8_t* target) const {
        if (mode_ == "echo") std::memcpy(target, source, size);
        if (mode_ == "reverse") std::reverse_copy(source, source + size, target);
        if (mode_ == "xor")
            for (uint64_t i = 0; i < size; i++) target[i] = source[i] ^ key_;
    }

private:
    std::string mode_;
    uint8_t key_;
};

std::string number(const std::string& name, uint64_t value) { return ",\"" + name + "\":" + std::to_string(value); }

// The other end's buffer may appear while this waits.
std::unique_ptr<Writer> connect(const std::string& name, int64_t wait_ms) {
    int64_t deadline = peer::now_ns() + wait_ms * 1000000;
    while (true) {
        try {
            return std::make_unique<Writer>(name);
        } catch (const Error& error) {
            bool later = error.code == "not-found" || error.code == "malformed" || error.code == "no-reader";
            if (!later || peer::now_ns() >= deadline) throw;
        }
        usleep(2000);
    }
}

// Waits for a frame; false when the writer has left or died, or the time is over (the reason is in end).
bool next(Reader& reader, Frame* frame, int64_t timeout_ms, std::string* end) {
    int64_t deadline = peer::now_ns() + timeout_ms * 1000000;
    try {
        while (!reader.read(frame, std::min<int64_t>(100, timeout_ms)))
            if (peer::now_ns() >= deadline) {
                *end = "timed-out";
                return false;
            }
        return true;
    } catch (const Error& error) {
        if (error.code != "writer-closed" && error.code != "writer-dead") throw;
        *end = error.code;
        return false;
    }
}

int serve(const Flags& flags) {
    flags.expect({"name", "mode", "xor-key", "fail-every", "payload-size", "timeout-ms"});
    Transform transform(flags.text("mode", "echo"), flags.number("xor-key", 255));
    uint64_t fail_every = static_cast<uint64_t>(flags.number("fail-every", 0));
    int64_t timeout = flags.number("timeout-ms", 20000);
    std::string name = flags.required("name"), end;
    Reader requests(name + "_request", 4096, static_cast<uint64_t>(flags.number("payload-size", 1 << 20)));
    peer::say("ready");
    std::unique_ptr<Writer> answers = connect(name + "_response", timeout);
    uint64_t handled = 0, failed = 0;
    for (Frame frame{}; next(requests, &frame, timeout, &end); handled++) {
        // A handler that throws answers nothing, as with the known servers.
        if (fail_every != 0 && (handled + 1) % fail_every == 0) {
            failed++;
        } else {
            transform.apply(frame.data, frame.size, answers->reserve(frame.size, timeout));
            answers->commit();
        }
        requests.release(frame);
    }
    peer::say("{\"event\":\"served\"" + number("handled", handled) + number("failed", failed) + ",\"end\":\"" + end +
              "\"}");
    return end == "timed-out" ? 1 : 0;
}

struct Sent {
    uint64_t index, size;
};

int call(const Flags& flags) {
    flags.expect({"name", "mode", "xor-key", "requests", "sizes", "in-flight", "payload-size", "timeout-ms", "stay"});
    Transform transform(flags.text("mode", "echo"), flags.number("xor-key", 255));
    uint64_t wanted = static_cast<uint64_t>(flags.number("requests", 1));
    uint64_t in_flight = static_cast<uint64_t>(flags.number("in-flight", 1));
    uint64_t size = static_cast<uint64_t>(flags.number("sizes", 1024));
    int64_t timeout = flags.number("timeout-ms", 20000);
    std::string name = flags.required("name"), end = "count";
    std::unique_ptr<Writer> requests = connect(name + "_request", timeout);
    Reader answers(name + "_response", 4096, static_cast<uint64_t>(flags.number("payload-size", 1 << 20)));
    peer::say("ready");
    uint64_t sent = 0, answered = 0, errors = 0, wrong = 0;
    std::vector<uint8_t> request(size), expected(size);
    auto fill = [&](uint64_t index) {
        for (uint64_t i = 0; i < size; i++) request[i] = static_cast<uint8_t>(index + i);
    };
    while (answered < wanted) {
        for (; sent < wanted && sent - answered < in_flight; sent++) {
            fill(sent);
            std::memcpy(requests->reserve(size, timeout), request.data(), size);
            requests->commit();
        }
        Frame frame{};
        if (!next(answers, &frame, timeout, &end)) break;
        fill(answered);
        transform.apply(request.data(), size, expected.data());
        if (frame.size >= sizeof kErrorAnswer - 1 && std::memcmp(frame.data, kErrorAnswer, sizeof kErrorAnswer - 1) == 0)
            errors++;
        else if (frame.size != size || std::memcmp(frame.data, expected.data(), size) != 0)
            wrong++;
        answers.release(frame);
        answered++;
    }
    peer::say("{\"event\":\"called\"" + number("answered", answered) + number("errorAnswers", errors) +
              number("wrong", wrong) + ",\"end\":\"" + end + "\"}");
    if (flags.has("stay")) peer::await_line("close");
    return answered == wanted && wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::string verb = argc > 1 ? argv[1] : "";
        Flags flags(std::vector<std::string>(argv + std::min(argc, 2), argv + argc));
        if (verb != "serve" && verb != "call") throw Error("usage", "duplex_peer serve|call --name CHANNEL ...");
        int code = verb == "serve" ? serve(flags) : call(flags);
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
