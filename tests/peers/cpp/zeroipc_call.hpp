// One command of the ZeroIPC peer: the segment, the flags, and the result line.
#pragma once

#include <functional>
#include <memory>

#include "zeroipc_codata.hpp"
#include "zeroipc_map.hpp"
#include "zeroipc_sync.hpp"

namespace zeroipc {

// The fields of a result line.
class Result {
public:
    bool ok = true;

    Result& raw(const std::string& name, const std::string& json) {
        fields_ += ",\"" + name + "\":" + json;
        return *this;
    }
    Result& number(const std::string& name, uint64_t value) { return raw(name, std::to_string(value)); }
    Result& truth(const std::string& name, bool value) { return raw(name, value ? "true" : "false"); }

    std::string json(const std::string& verb) const {
        return "{\"event\":\"result\",\"verb\":\"" + verb + "\",\"ok\":" + (ok ? "true" : "false") + fields_ + "}";
    }

private:
    std::string fields_;
};

// A JSON array built up item by item.
class List {
public:
    void add(const std::string& json) { text_ += (text_.empty() ? "" : ",") + json; }
    std::string json() const { return "[" + text_ + "]"; }

private:
    std::string text_;
};

struct Call {
    Segment& segment;
    const peer::Flags& flags;

    std::string name() const { return flags.text("name", "x"); }
    Element element() const { return Element(flags.text("type", "i32")); }
    Element key() const { return Element(flags.text("key-type", "i32")); }
    Element value() const { return Element(flags.text("value-type", "i32")); }
    uint64_t count() const { return static_cast<uint64_t>(flags.number("count", 1)); }
    uint64_t start() const { return static_cast<uint64_t>(flags.number("start", 0)); }
    uint64_t capacity() const { return std::max<uint64_t>(1, static_cast<uint64_t>(flags.number("capacity", 16))); }
    Deadline deadline() const { return Deadline(flags.number("timeout-ms", 30000)); }
    Counters counters() const { return Counters(segment, flags.text("counter", "counter")); }

    std::vector<std::string> values() const {
        std::vector<std::string> parts(1);
        for (char c : flags.required("values")) {
            if (c == ',') parts.emplace_back();
            else parts.back() += c;
        }
        return parts;
    }

    // The queue, stack or ring of this name.
    std::unique_ptr<Container> container(const std::string& kind) const {
        if (kind == "queue") return std::make_unique<Queue>(segment, name(), element());
        if (kind == "stack") return std::make_unique<Stack>(segment, name(), element());
        return std::make_unique<Ring>(segment, name(), element());
    }

    Map map(bool create = false) const {
        Element values = value();
        return Map(segment, name(), key(), &values, create ? capacity() : 0);
    }

    Map set(bool create = false) const { return Map(segment, name(), element(), nullptr, create ? capacity() : 0); }
};

using Verb = std::function<Result(const Call&)>;
using Verbs = std::map<std::string, Verb>;

void add_operations(Verbs* verbs);
void add_loops(Verbs* verbs);

}  // namespace zeroipc
