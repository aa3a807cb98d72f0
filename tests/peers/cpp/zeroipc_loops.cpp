// The loops of contention tests. Values are the integers start, start+1, ...; sums are modulo 2^64.
#include "zeroipc_call.hpp"

namespace zeroipc {
namespace {

struct Tally {
    uint64_t count = 0, sum = 0, squares = 0, torn = 0, last = 0;
    bool ascending = true;

    void add(uint64_t value) {
        ascending = ascending && (count == 0 || value > last);
        count++;
        sum += value;
        squares += value * value;
        last = value;
    }

    Result result(uint64_t wanted) const {
        Result r;
        r.ok = count == wanted && torn == 0;
        return r.number("count", count).number("sum", sum).number("squares", squares).number("torn", torn).truth(
            "ascending", ascending);
    }
};

Result counted(uint64_t done, uint64_t wanted, const std::string& field, uint64_t violations) {
    Result r;
    r.ok = done == wanted && violations == 0;
    return r.number("count", done).number(field, violations);
}

// Moves each number of the call: false ends the loop.
Result produce(const Call& c, const std::function<bool(const Bytes&)>& send) {
    Element element = c.element();
    Tally tally;
    for (uint64_t i = 0; i < c.count(); i++) {
        if (!send(element.pack_number(c.start() + i))) break;
        tally.add(c.start() + i);
    }
    return tally.result(c.count());
}

Result consume(const Call& c, const std::function<bool(Bytes*)>& receive) {
    Element element = c.element();
    Tally tally;
    Bytes data;
    uint64_t value, wanted = c.count();
    while (tally.count < wanted && receive(&data)) {
        if (element.unpack_number(data, &value)) {
            tally.add(value);
        } else {
            tally.count++;
            tally.torn++;
        }
    }
    return tally.result(wanted);
}

void add_moves(Verbs& v) {
    for (const std::string kind : {"queue", "stack", "ring"}) {
        v[kind + "-producer"] = [kind](const Call& c) {
            auto target = c.container(kind);
            Deadline limit = c.deadline();
            return produce(c, [&](const Bytes& data) { return limit.spin([&] { return target->push(data); }); });
        };
        v[kind + "-consumer"] = [kind](const Call& c) {
            auto source = c.container(kind);
            Deadline limit = c.deadline();
            return consume(c, [&](Bytes* data) { return limit.spin([&] { return source->pop(data); }); });
        };
    }
    v["channel-producer"] = [](const Call& c) {
        Channel channel(c.segment, c.name(), c.element());
        Deadline limit = c.deadline();
        return produce(c, [&](const Bytes& data) { return channel.send(data, limit) == Channel::Moved; });
    };
    v["channel-consumer"] = [](const Call& c) {
        Channel channel(c.segment, c.name(), c.element());
        Deadline limit = c.deadline();
        return consume(c, [&](Bytes* data) { return channel.receive(data, limit) == Channel::Moved; });
    };
}

// Counts the numbers for which the action succeeds.
Result numbers(const Call& c, const std::function<bool(uint64_t)>& action) {
    Tally tally;
    for (uint64_t i = 0; i < c.count(); i++)
        if (action(c.start() + i)) tally.add(c.start() + i);
    return tally.result(c.count());
}

void add_keyed(Verbs& v) {
    v["map-filler"] = [](const Call& c) {
        Map map = c.map();
        Element key = c.key(), value = c.value();
        return numbers(c, [&](uint64_t n) { return map.put(key.pack_number(n), value.pack_number(2 * n + 1), true); });
    };
    v["map-remover"] = [](const Call& c) {
        Map map = c.map();
        Element key = c.key();
        return numbers(c, [&](uint64_t n) { return map.remove(key.pack_number(n)); });
    };
    v["map-checker"] = [](const Call& c) {
        Map map = c.map();
        Element key = c.key(), value = c.value();
        uint64_t missing = 0, wrong = 0;
        Bytes data;
        for (uint64_t n = c.start(); n < c.start() + c.count(); n++) {
            if (!map.get(key.pack_number(n), &data)) missing++;
            else if (data != value.pack_number(2 * n + 1)) wrong++;
        }
        Result r;
        r.ok = missing == 0 && wrong == 0;
        return r.number("missing", missing).number("wrong", wrong);
    };
    v["set-filler"] = [](const Call& c) {
        Map set = c.set();
        Element element = c.element();
        return numbers(c, [&](uint64_t n) { return set.put(element.pack_number(n), {}, false); });
    };
    v["set-checker"] = [](const Call& c) {
        Map set = c.set();
        Element element = c.element();
        Bytes none;
        return numbers(c, [&](uint64_t n) { return set.get(element.pack_number(n), &none); });
    };
    v["set-remover"] = [](const Call& c) {
        Map set = c.set();
        Element element = c.element();
        return numbers(c, [&](uint64_t n) { return set.remove(element.pack_number(n)); });
    };
    v["pool-churn"] = [](const Call& c) {
        Pool pool(c.segment, c.name(), c.element());
        Element element = c.element();
        Deadline limit = c.deadline();
        uint64_t conflicts = 0, done = 0;
        uint32_t index;
        for (; done < c.count() && limit.spin([&] { return pool.allocate(&index); }); done++) {
            Bytes data = element.pack_number(c.start() + done);
            std::memcpy(pool.node(index), data.data(), data.size());
            __atomic_signal_fence(__ATOMIC_SEQ_CST);
            if (done % 8 == 0) sched_yield();
            conflicts += std::memcmp(pool.node(index), data.data(), data.size()) != 0;
            pool.free(index);
        }
        return counted(done, c.count(), "conflicts", conflicts);
    };
}

// Increments the plain counters 0 and 1 under a lock.
Result locked(const Call& c, const std::function<bool(const Deadline&)>& lock, const std::function<void()>& unlock) {
    Counters counters = c.counters();
    Deadline limit = c.deadline();
    uint64_t done = 0, violations = 0, wanted = c.count();
    for (; done < wanted && lock(limit); done++) {
        counters[0] = counters[0] + 1;
        if (done % 16 == 0) sched_yield();
        counters[1] = counters[1] + 1;
        violations += counters[0] != counters[1];
        unlock();
    }
    return counted(done, wanted, "violations", violations);
}

void add_locks(Verbs& v) {
    v["mutex-loop"] = v["semaphore-loop"] = [](const Call& c) {
        Semaphore lock(c.segment, c.name());
        return locked(c, [&](const Deadline& d) { return lock.acquire(d); }, [&] { lock.release(); });
    };
    v["monitor-loop"] = [](const Call& c) {
        Monitor lock(c.segment, c.name());
        return locked(c, [&](const Deadline& d) { return lock.lock(d); }, [&] { lock.unlock(); });
    };
    v["rwlock-writer"] = [](const Call& c) {
        ReadWriteLock lock(c.segment, c.name());
        return locked(c, [&](const Deadline& d) { return lock.write_lock(d); }, [&] { lock.write_unlock(); });
    };
    v["rwlock-reader"] = [](const Call& c) {
        ReadWriteLock lock(c.segment, c.name());
        Counters counters = c.counters();
        Deadline limit = c.deadline();
        uint64_t done = 0, violations = 0, last = 0;
        for (; done < c.count() && lock.read_lock(limit); done++) {
            uint64_t first = counters[0];
            if (done % 16 == 0) sched_yield();
            violations += first != counters[1] || first < last;
            last = first;
            lock.read_unlock();
        }
        return counted(done, c.count(), "violations", violations);
    };
}

void add_meetings(Verbs& v) {
    v["monitor-producer"] = [](const Call& c) {
        Monitor monitor(c.segment, c.name());
        Counters counters = c.counters();
        Deadline limit = c.deadline();
        uint64_t done = 0;
        for (; done < c.count() && monitor.lock(limit); done++) {
            counters[0] = counters[0] + 1;
            monitor.notify();
            monitor.unlock();
        }
        return counted(done, c.count(), "violations", 0);
    };
    v["monitor-consumer"] = [](const Call& c) {
        Monitor monitor(c.segment, c.name());
        Counters counters = c.counters();
        Deadline limit = c.deadline();
        uint64_t done = 0;
        while (done < c.count() && monitor.lock(limit)) {
            while (counters[0] == 0 && !limit.passed()) monitor.wait(limit.within(50));
            bool item = counters[0] > 0;
            if (item) counters[0] = counters[0] - 1;
            monitor.unlock();
            if (!item) break;
            done++;
        }
        return counted(done, c.count(), "violations", 0);
    };
    v["barrier-loop"] = [](const Call& c) {
        Barrier barrier(c.segment, c.name());
        Counters counters = c.counters();
        Deadline limit = c.deadline();
        uint64_t index = static_cast<uint64_t>(c.flags.number("index", 0)), done = 0, violations = 0;
        for (; done < c.count(); done++) {
            counters[index] = done + 1;
            if (!barrier.wait(limit)) break;
            for (int32_t other = 0; other < barrier.participants(); other++) {
                uint64_t round = counters[static_cast<uint64_t>(other)];
                violations += round != done + 1 && round != done + 2;
            }
        }
        return counted(done, c.count(), "violations", violations);
    };
    v["once-loop"] = [](const Call& c) {
        Once once(c.segment, c.name());
        Counters counters = c.counters();
        int outcome = once.call([&] { counters[0] = counters[0] + 1; }, c.deadline());
        Result r;
        r.ok = outcome >= 0 && counters[0] == 1;
        return r.truth("executed", outcome == 1).number("counter", counters[0]);
    };
    v["event-waiter"] = [](const Call& c) {
        Event event(c.segment, c.name());
        Deadline limit = c.deadline();
        uint64_t done = 0;
        while (done < c.count() && event.wait(limit)) done++;
        return counted(done, c.count(), "violations", 0);
    };
    v["event-signaler"] = [](const Call& c) {
        Event event(c.segment, c.name());
        for (uint64_t i = 0; i < c.count(); i++) event.signal();
        return counted(c.count(), c.count(), "violations", 0);
    };
    v["signal-writer"] = [](const Call& c) {
        Signal signal(c.segment, c.name(), c.element());
        return produce(c, [&](const Bytes& data) { return signal.set(data) != 0; });
    };
    v["signal-reader"] = [](const Call& c) {
        Signal signal(c.segment, c.name(), c.element());
        Element element = c.element();
        Deadline limit = c.deadline();
        uint64_t wanted = static_cast<uint64_t>(c.flags.number("version", 0));
        uint64_t torn = 0, backwards = 0, reads = 0, last = 0, value;
        for (Bytes data; last < wanted && !limit.passed(); reads++) {
            uint64_t version = signal.get(&data);
            torn += !element.unpack_number(data, &value);
            backwards += version < last;
            last = version;
        }
        Result r;
        r.ok = last >= wanted && torn == 0 && backwards == 0;
        return r.number("reads", reads).number("torn", torn).number("backwards", backwards).number("version", last);
    };
}

}  // namespace

void add_loops(Verbs* verbs) {
    add_moves(*verbs);
    add_keyed(*verbs);
    add_locks(*verbs);
    add_meetings(*verbs);
}

}  // namespace zeroipc
