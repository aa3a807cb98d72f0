// The single operations of the ZeroIPC peer.
#include "zeroipc_call.hpp"

namespace zeroipc {
namespace {

Result fine() { return Result(); }

Result answer(bool ok) {
    Result result;
    result.ok = ok;
    return result;
}

void add_creation(Verbs& v) {
    v["array-create"] = [](const Call& c) {
        if (c.element().size != 8) throw Error("bad-command", "only arrays of 8-byte counters");
        Counters(c.segment, c.name(), c.capacity());
        return fine();
    };
    v["array-state"] = [](const Call& c) {
        Counters counters(c.segment, c.name());
        List values;
        for (uint64_t i = 0; i < counters.size(); i++) values.add(std::to_string(counters[i]));
        return fine().raw("state", "{\"values\":" + values.json() + "}");
    };
    v["queue-create"] = [](const Call& c) { return Queue(c.segment, c.name(), c.element(), c.capacity()), fine(); };
    v["stack-create"] = [](const Call& c) { return Stack(c.segment, c.name(), c.element(), c.capacity()), fine(); };
    v["pool-create"] = [](const Call& c) { return Pool(c.segment, c.name(), c.element(), c.capacity()), fine(); };
    v["ring-create"] = [](const Call& c) {
        int64_t bytes = c.flags.number("capacity-bytes", static_cast<int64_t>(c.capacity() * c.element().size));
        Ring(c.segment, c.name(), c.element(), static_cast<uint64_t>(bytes));
        return fine();
    };
    v["map-create"] = [](const Call& c) { return c.map(true), fine(); };
    v["set-create"] = [](const Call& c) { return c.set(true), fine(); };
    v["semaphore-create"] = [](const Call& c) {
        Semaphore::Shape shape{static_cast<int32_t>(c.count()), static_cast<int32_t>(c.flags.number("max", 0))};
        return Semaphore(c.segment, c.name(), &shape), fine();
    };
    v["mutex-create"] = [](const Call& c) { return Semaphore(c.segment, c.name(), mutex_shape(true)), fine(); };
    v["barrier-create"] = [](const Call& c) {
        int64_t participants = c.flags.number("participants", 2);
        if (participants < 1) throw Error("bad-command", "participants");
        return Barrier(c.segment, c.name(), static_cast<int32_t>(participants)), fine();
    };
    v["latch-create"] = [](const Call& c) {
        int32_t count = static_cast<int32_t>(c.count());
        return Latch(c.segment, c.name(), &count), fine();
    };
    v["once-create"] = [](const Call& c) { return Once(c.segment, c.name(), true), fine(); };
    v["event-create"] = [](const Call& c) {
        return Event::create(c.segment, c.name(), c.flags.text("mode", "auto") == "manual"), fine();
    };
    v["rwlock-create"] = [](const Call& c) { return ReadWriteLock(c.segment, c.name(), true), fine(); };
    v["monitor-create"] = [](const Call& c) { return Monitor(c.segment, c.name(), true), fine(); };
    v["signal-create"] = [](const Call& c) {
        Bytes first = c.element().parse(c.values()[0]);
        Signal(c.segment, c.name(), c.element(), true);
        uint64_t offset = c.segment.find(c.name() + "_state", 8 + first.size(), true);
        std::memcpy(c.segment.memory().at(offset + 8, first.size()), first.data(), first.size());
        return fine();
    };
    v["future-create"] = [](const Call& c) { return Future(c.segment, c.name(), c.element(), true), fine(); };
    v["channel-create"] = [](const Call& c) {
        int64_t capacity = c.flags.number("capacity", 16);
        return Channel(c.segment, c.name(), c.element(), &capacity), fine();
    };
}

void add_containers(Verbs& v) {
    for (const std::string kind : {"queue", "stack", "ring"}) {
        v[kind + "-push"] = [kind](const Call& c) {
            auto target = c.container(kind);
            uint64_t pushed = 0;
            for (const auto& text : c.values()) {
                if (!target->push(c.element().parse(text))) break;
                pushed++;
            }
            return answer(pushed == c.values().size()).number("pushed", pushed);
        };
        v[kind + "-pop"] = [kind](const Call& c) {
            auto source = c.container(kind);
            List values;
            Bytes data;
            uint64_t popped = 0;
            for (; popped < c.count() && source->pop(&data); popped++) values.add(c.element().show(data));
            return answer(popped == c.count()).raw("values", values.json());
        };
    }
    v["pool-allocate"] = [](const Call& c) {
        Pool pool(c.segment, c.name(), c.element());
        List indices;
        uint32_t index;
        for (const auto& text : c.values()) {
            if (!pool.allocate(&index)) return answer(false).raw("indices", indices.json());
            std::memcpy(pool.node(index), c.element().parse(text).data(), c.element().size);
            indices.add(std::to_string(index));
        }
        return fine().raw("indices", indices.json());
    };
    v["pool-get"] = [](const Call& c) {
        const uint8_t* node =
            Pool(c.segment, c.name(), c.element()).node(static_cast<uint32_t>(c.flags.number("index", 0)));
        return fine().raw("value", c.element().show(Bytes(node, node + c.element().size)));
    };
    v["pool-free"] = [](const Call& c) {
        Pool(c.segment, c.name(), c.element()).free(static_cast<uint32_t>(c.flags.number("index", 0)));
        return fine();
    };
}

// Applies a test to every value and lists the answers.
Result each(const Call& c, const std::string& field, const std::function<bool(const std::string&)>& action) {
    List answers;
    bool all = true;
    for (const auto& text : c.values()) {
        bool good = action(text);
        all = all && good;
        answers.add(good ? "true" : "false");
    }
    return answer(all).raw(field, answers.json());
}

void add_keyed(Verbs& v) {
    v["map-put"] = [](const Call& c) {
        Map map = c.map();
        return each(c, "stored", [&](const std::string& pair) {
            size_t at = pair.find('=');
            if (at == std::string::npos) throw Error("bad-command", "KEY=VALUE expected");
            return map.put(c.key().parse(pair.substr(0, at)), c.value().parse(pair.substr(at + 1)), true);
        });
    };
    v["map-get"] = [](const Call& c) {
        Map map = c.map();
        List values;
        bool all = true;
        for (const auto& text : c.values()) {
            Bytes data;
            bool found = map.get(c.key().parse(text), &data);
            all = all && found;
            values.add(found ? c.value().show(data) : "null");
        }
        return answer(all).raw("values", values.json());
    };
    v["map-remove"] = [](const Call& c) {
        Map map = c.map();
        return each(c, "removed", [&](const std::string& text) { return map.remove(c.key().parse(text)); });
    };
    v["set-add"] = [](const Call& c) {
        Map set = c.set();
        return each(c, "added", [&](const std::string& text) { return set.put(c.element().parse(text), {}, false); });
    };
    v["set-contains"] = [](const Call& c) {
        Map set = c.set();
        Bytes none;
        return each(c, "contained", [&](const std::string& text) { return set.get(c.element().parse(text), &none); });
    };
    v["set-remove"] = [](const Call& c) {
        Map set = c.set();
        return each(c, "removed", [&](const std::string& text) { return set.remove(c.element().parse(text)); });
    };
    v["map-size"] = [](const Call& c) { return fine().number("size", c.map().size()); };
    v["set-size"] = [](const Call& c) { return fine().number("size", c.set().size()); };
}

void add_locks(Verbs& v) {
    for (const std::string kind : {"semaphore", "mutex"}) {
        bool mutex = kind == "mutex";
        v[kind + (mutex ? "-lock" : "-acquire")] = [](const Call& c) {
            return answer(Semaphore(c.segment, c.name()).acquire(c.deadline()));
        };
        v[kind + (mutex ? "-unlock" : "-release")] = [](const Call& c) {
            return Semaphore(c.segment, c.name()).release(), fine();
        };
        v[kind + "-state"] = [](const Call& c) {
            Semaphore semaphore(c.segment, c.name());
            return fine().raw("state", "{\"count\":" + std::to_string(semaphore.count()) +
                                           ",\"waiting\":" + std::to_string(semaphore.waiting()) + "}");
        };
    }
    using Lock = ReadWriteLock;
    v["rwlock-read-lock"] = [](const Call& c) { return answer(Lock(c.segment, c.name()).read_lock(c.deadline())); };
    v["rwlock-read-unlock"] = [](const Call& c) { return Lock(c.segment, c.name()).read_unlock(), fine(); };
    v["rwlock-write-lock"] = [](const Call& c) { return answer(Lock(c.segment, c.name()).write_lock(c.deadline())); };
    v["rwlock-write-unlock"] = [](const Call& c) { return Lock(c.segment, c.name()).write_unlock(), fine(); };
    v["monitor-lock"] = [](const Call& c) { return answer(Monitor(c.segment, c.name()).lock(c.deadline())); };
    v["monitor-unlock"] = [](const Call& c) { return Monitor(c.segment, c.name()).unlock(), fine(); };
    v["monitor-wait"] = [](const Call& c) { return answer(Monitor(c.segment, c.name()).wait(c.deadline())); };
    v["monitor-notify"] = [](const Call& c) { return Monitor(c.segment, c.name()).notify(), fine(); };
    v["monitor-notify-all"] = [](const Call& c) { return Monitor(c.segment, c.name()).notify_all(), fine(); };
    v["barrier-wait"] = [](const Call& c) { return answer(Barrier(c.segment, c.name()).wait(c.deadline())); };
    v["latch-down"] = [](const Call& c) {
        int32_t left = Latch(c.segment, c.name()).down(static_cast<int32_t>(c.count()));
        return fine().raw("left", std::to_string(left));
    };
    v["latch-wait"] = [](const Call& c) { return answer(Latch(c.segment, c.name()).wait(c.deadline())); };
    v["once-call"] = [](const Call& c) {
        int outcome = Once(c.segment, c.name()).call([] {}, c.deadline());
        return answer(outcome >= 0).truth("executed", outcome == 1);
    };
    v["event-signal"] = [](const Call& c) { return Event(c.segment, c.name()).signal(), fine(); };
    v["event-wait"] = [](const Call& c) { return answer(Event(c.segment, c.name()).wait(c.deadline())); };
    v["event-reset"] = [](const Call& c) { return Event(c.segment, c.name()).reset(), fine(); };
}

void add_codata(Verbs& v) {
    v["signal-set"] = [](const Call& c) {
        Signal signal(c.segment, c.name(), c.element());
        List versions;
        for (const auto& text : c.values()) versions.add(std::to_string(signal.set(c.element().parse(text))));
        return fine().raw("versions", versions.json());
    };
    v["signal-get"] = v["signal-wait"] = [](const Call& c) {
        Signal signal(c.segment, c.name(), c.element());
        bool changed = !c.flags.has("version") ||
                       signal.wait(static_cast<uint64_t>(c.flags.number("version", 0)), c.deadline());
        Bytes data;
        uint64_t version = signal.get(&data);
        return answer(changed).number("version", version).raw("value", c.element().show(data));
    };
    v["future-set"] = [](const Call& c) {
        return answer(Future(c.segment, c.name(), c.element()).set(c.element().parse(c.values()[0])));
    };
    v["future-fail"] = [](const Call& c) {
        return answer(Future(c.segment, c.name(), c.element()).fail(c.flags.text("text", "")));
    };
    v["future-get"] = [](const Call& c) {
        Future future(c.segment, c.name(), c.element());
        bool met = future.wait(c.deadline());
        std::string state = "{\"state\":" + std::to_string(future.state()) +
                            ",\"value\":" + c.element().show(future.value()) +
                            ",\"error\":" + peer::quoted(future.text()) + "}";
        return answer(met).raw("state", state);
    };
    v["channel-send"] = [](const Call& c) {
        Channel channel(c.segment, c.name(), c.element());
        uint64_t sent = 0;
        for (const auto& text : c.values()) {
            Channel::Outcome outcome = channel.send(c.element().parse(text), c.deadline());
            if (outcome == Channel::Closed) throw Error("closed", "the channel is closed");
            if (outcome == Channel::TimedOut) break;
            sent++;
        }
        return answer(sent == c.values().size()).number("sent", sent);
    };
    v["channel-receive"] = [](const Call& c) {
        Channel channel(c.segment, c.name(), c.element());
        List values;
        Bytes data;
        uint64_t received = 0;
        Channel::Outcome outcome = Channel::Moved;
        while (received < c.count() && (outcome = channel.receive(&data, c.deadline())) == Channel::Moved) {
            values.add(c.element().show(data));
            received++;
        }
        return answer(received == c.count()).raw("values", values.json()).truth("closed", outcome == Channel::Closed);
    };
    v["channel-close"] = [](const Call& c) { return Channel(c.segment, c.name(), c.element()).close(), fine(); };
}

}  // namespace

void add_operations(Verbs* verbs) {
    add_creation(*verbs);
    add_containers(*verbs);
    add_keyed(*verbs);
    add_locks(*verbs);
    add_codata(*verbs);
}

}  // namespace zeroipc
