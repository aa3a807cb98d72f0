// Foreign peer of ZeroIPC v2: zeroipc_peer VERB --segment S --name N ... (see README.md).
#include <sstream>

#include "zeroipc_call.hpp"

namespace {

using peer::Error;
using peer::Flags;
using zeroipc::Result;
using zeroipc::Segment;

const std::vector<std::string> known_flags = {
    "segment", "create", "entries", "go", "name", "type", "key-type", "value-type", "capacity", "capacity-bytes",
    "count", "max", "participants", "start", "index", "version", "values", "text", "timeout-ms", "counter", "mode"};

Result run(const zeroipc::Verbs& verbs, const std::string& verb, Segment& segment, const Flags& flags) {
    flags.expect(known_flags);
    auto found = verbs.find(verb);
    if (found == verbs.end()) throw Error("usage", "no verb " + verb);
    return found->second(zeroipc::Call{segment, flags});
}

void step(const zeroipc::Verbs& verbs, Segment& segment, const std::string& line) {
    std::istringstream stream(line);
    std::string verb, word;
    std::vector<std::string> words;
    stream >> verb;
    while (stream >> word) words.push_back(word);
    try {
        peer::say(run(verbs, verb, segment, Flags(words)).json(verb));
    } catch (const Error& error) {
        peer::failure(error.code == "usage" ? "bad-command" : error.code, error.what());
    } catch (const std::exception& error) {
        peer::failure("bad-command", error.what());
    }
}

// One verb a line until `close` or the end of stdin; `crash` leaves at once.
void steps(const zeroipc::Verbs& verbs, Segment& segment) {
    for (std::string line; peer::read_line(&line);) {
        if (line == "crash") _exit(9);
        if (line == "close") return;
        if (!line.empty()) step(verbs, segment, line);
    }
}

int serve(const std::string& verb, const Flags& flags) {
    flags.expect(known_flags);
    zeroipc::Verbs verbs;
    zeroipc::add_operations(&verbs);
    zeroipc::add_loops(&verbs);
    std::string name = flags.required("segment");
    uint64_t create = static_cast<uint64_t>(flags.number("create", 0));
    Segment segment(name, create, static_cast<uint32_t>(flags.number("entries", 64)));
    if (verb != "steps" && verbs.find(verb) == verbs.end()) throw Error("usage", "no verb " + verb);
    zeroipc::outlast_the_preempted = flags.has("go");
    peer::say("ready");
    int code = 0;
    if (verb == "steps") {
        steps(verbs, segment);
        if (create) shm_unlink(name.c_str());
    } else if (!flags.has("go") || peer::await_line("go")) {
        Result result = run(verbs, verb, segment, flags);
        peer::say(result.json(verb));
        code = result.ok ? 0 : 1;
    } else {
        return 1;
    }
    peer::say("done");
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return serve(argc > 1 ? argv[1] : "", Flags(std::vector<std::string>(argv + std::min(argc, 2), argv + argc)));
    } catch (const Error& error) {
        peer::failure(error.code, error.what());
        return error.code == "usage" ? 2 : 1;
    } catch (const std::exception& error) {
        peer::failure("usage", error.what());
        return 2;
    }
}
