// Round trips of 64 bytes through other systems, between two pinned processes, for the side-by-side tables.
// Each block is compiled when its headers are there (see build.sh). Prints one line:
//   OPERATIONS SECONDS P50_NS P99_NS right|wrong
//
//   field boost CPU_A CPU_B MS       Boost.Interprocess message_queue, both sides spinning on try_send and try_receive
//   field zmq CPU_A CPU_B MS         ZeroMQ PAIR over ipc://, blocking
//   field iceoryx CPU_A CPU_B MS     iceoryx v1 publisher and subscriber, both sides polling; needs a running iox-roudi

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <csignal>
#include <sched.h>
#include <string>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#ifdef HAVE_BOOST
#include <boost/interprocess/ipc/message_queue.hpp>
#endif
#ifdef HAVE_ZMQ
#include <zmq.h>
#endif
#ifdef HAVE_ICEORYX
#include "iceoryx_posh/popo/publisher.hpp"
#include "iceoryx_posh/popo/subscriber.hpp"
#include "iceoryx_posh/runtime/posh_runtime.hpp"
#endif

namespace {

struct Message {
    std::uint64_t sequence;
    unsigned char rest[56];
};
static_assert(sizeof(Message) == 64);

constexpr std::uint64_t kEnd = ~0ull;

double now_ns() {
    using namespace std::chrono;
    return double(duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) { perror("sched_setaffinity"); }
}

// The echoing half never outlives the measuring half.
pid_t fork_half() {
    const pid_t child = fork();
    if (child == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); }
    return child;
}

// Times round trips one by one; the first fifth of the time is dropped.
int measure(double milliseconds, const std::function<bool(const Message&, Message&)>& round) {
    std::vector<double> times;
    times.reserve(1 << 22);
    const double start = now_ns();
    const double end = start + milliseconds * 1e6;
    const double keep = start + milliseconds * 2e5;
    Message message{};
    bool right = true;
    double counted = 0;
    double last = start;
    for (std::uint64_t i = 0; last < end; i++) {
        message.sequence = i;
        std::memset(message.rest, int(i & 0xff), sizeof message.rest);
        Message answer{};
        const double before = now_ns();
        if (!round(message, answer)) { right = false; break; }
        last = now_ns();
        right = right && std::memcmp(&message, &answer, sizeof message) == 0;
        if (before >= keep) {
            counted += last - before;
            if (times.size() < times.capacity()) { times.push_back(last - before); }
        }
    }
    std::sort(times.begin(), times.end());
    const std::size_t n = times.size();
    std::printf("%zu %.6f %.1f %.1f %s\n", n, counted / 1e9, n ? times[n / 2] : 0.0, n ? times[n * 99 / 100] : 0.0,
                right && n > 0 ? "right" : "wrong");
    return right ? 0 : 1;
}

#ifdef HAVE_BOOST
int run_boost(int a, int b, double ms) {
    namespace ipc = boost::interprocess;
    const std::string name = "plb-boost-" + std::to_string(getpid());
    const std::string ping_name = name + "-ping", pong_name = name + "-pong";
    {
        ipc::message_queue ping(ipc::create_only, ping_name.c_str(), 64, sizeof(Message));
        ipc::message_queue pong(ipc::create_only, pong_name.c_str(), 64, sizeof(Message));
        const pid_t child = fork_half();
        unsigned priority = 0;
        ipc::message_queue::size_type size = 0;
        if (child == 0) {
            pin(b);
            Message m{};
            while (true) {
                while (!ping.try_receive(&m, sizeof m, size, priority)) {}
                if (m.sequence == kEnd) { _exit(0); }
                while (!pong.try_send(&m, sizeof m, 0)) {}
            }
        }
        pin(a);
        measure(ms, [&](const Message& out, Message& in) {
            while (!ping.try_send(&out, sizeof out, 0)) {}
            while (!pong.try_receive(&in, sizeof in, size, priority)) {}
            return true;
        });
        Message end{kEnd, {}};
        ping.send(&end, sizeof end, 0);
        waitpid(child, nullptr, 0);
    }
    ipc::message_queue::remove(ping_name.c_str());
    ipc::message_queue::remove(pong_name.c_str());
    return 0;
}
#endif

#ifdef HAVE_ZMQ
int run_zmq(int a, int b, double ms) {
    const std::string path = "/tmp/plb-zmq-" + std::to_string(getpid());
    const std::string address = "ipc://" + path;
    const pid_t child = fork_half();
    pin(child == 0 ? b : a);
    void* context = zmq_ctx_new();
    void* socket = zmq_socket(context, ZMQ_PAIR);
    if (child == 0) {
        zmq_connect(socket, address.c_str());
        Message m{};
        while (zmq_recv(socket, &m, sizeof m, 0) == int(sizeof m) && m.sequence != kEnd) {
            zmq_send(socket, &m, sizeof m, 0);
        }
        zmq_close(socket);
        zmq_ctx_term(context);
        _exit(0);
    }
    if (zmq_bind(socket, address.c_str()) != 0) { perror("zmq_bind"); return 1; }
    measure(ms, [&](const Message& out, Message& in) {
        return zmq_send(socket, &out, sizeof out, 0) == int(sizeof out)
            && zmq_recv(socket, &in, sizeof in, 0) == int(sizeof in);
    });
    Message end{kEnd, {}};
    zmq_send(socket, &end, sizeof end, 0);
    waitpid(child, nullptr, 0);
    zmq_close(socket);
    zmq_ctx_term(context);
    unlink(path.c_str());
    return 0;
}
#endif

#ifdef HAVE_ICEORYX
int run_iceoryx(int a, int b, double ms) {
    using namespace iox;
    const std::string tag = std::to_string(getpid());
    const capro::IdString_t instance(cxx::TruncateToCapacity, tag.c_str());
    const pid_t child = fork_half();
    const bool echo = child == 0;
    pin(echo ? b : a);
    const std::string app = std::string("plb-") + (echo ? "echo-" : "ask-") + tag;
    runtime::PoshRuntime::initRuntime(RuntimeName_t(cxx::TruncateToCapacity, app.c_str()));
    popo::Publisher<Message> out({"Plenum", instance, echo ? "pong" : "ping"});
    popo::Subscriber<Message> in({"Plenum", instance, echo ? "ping" : "pong"});
    while (in.getSubscriptionState() != SubscribeState::SUBSCRIBED || !out.hasSubscribers()) { usleep(1000); }
    auto take = [&](Message& m) {
        while (true) {
            auto taken = in.take();
            if (!taken.has_error()) { m = *taken.value(); return; }
        }
    };
    auto send = [&](const Message& m) {
        out.loan().and_then([&](auto& sample) { *sample = m; sample.publish(); });
    };
    if (echo) {
        Message m{};
        while (true) {
            take(m);
            if (m.sequence == kEnd) { std::exit(0); }
            send(m);
        }
    }
    measure(ms, [&](const Message& m, Message& answer) { send(m); take(answer); return true; });
    send(Message{kEnd, {}});
    waitpid(child, nullptr, 0);
    return 0;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    if (argc == 5) {
        const std::string what = argv[1];
        const int a = std::atoi(argv[2]), b = std::atoi(argv[3]);
        const double ms = std::atof(argv[4]);
#ifdef HAVE_BOOST
        if (what == "boost") { return run_boost(a, b, ms); }
#endif
#ifdef HAVE_ZMQ
        if (what == "zmq") { return run_zmq(a, b, ms); }
#endif
#ifdef HAVE_ICEORYX
        if (what == "iceoryx") { return run_iceoryx(a, b, ms); }
#endif
        std::fprintf(stderr, "field: '%s' is not known or was not built\n", argv[1]);
        return 3;
    }
    std::fprintf(stderr, "usage: field boost|zmq|iceoryx CPU_A CPU_B MILLISECONDS\n");
    return 2;
}
