"""What the golden ZeroIPC images hold: {image: [(kind, name, flags, expected part of the state)]}."""

_TEMPS = ("array", "temps", "--type f32", {"values": [20 + 0.5 * i for i in range(10)]})
_BYTES = ("array", "bytes", "--type u8", {"values": [1, 2, 255]})
_QUEUE = ("queue", "q_i32", "", {"head": 2, "tail": 5, "capacity": 8, "values": [30, 40, 50]})
_STACK = ("stack", "s_i32", "", {"top": 2, "capacity": 5, "values": [11, 22, 33], "states": [2, 2, 2, 0, 0]})
_BARRIER = ("barrier", "bar", "", {"arrived": 1, "generation": 0, "participants": 3})
_IDLE_BARRIER = ("barrier", "bar", "", {"arrived": 0, "generation": 0, "participants": 3})
_LATCH = ("latch", "latch", "", {"count": 3, "initial": 5})
_FREE, _HELD = {"count": 1, "waiting": 0, "max": 1}, {"count": 0, "waiting": 0, "max": 1}

_CPP = {
    "cpp_array": [
        _TEMPS, _BYTES, ("array", "ints", "", {"values": [i * i - 3 for i in range(5)]}),
        ("array", "doubles", "--type f64", {"values": [3.25, -1, 1e300, 0.1]}),
        ("array", "points", "--type p12", {"values": [[1, 2, 3], [4, 5, 6]]}),
        ("array", "longs", "--type i64", {"values": [-1, -2 ** 63]})],
    "cpp_queue": [
        _QUEUE, ("queue", "q_u8", "--type u8", {"capacity": 4, "values": [7, 8]}),
        ("queue", "q_f64", "--type f64", {"capacity": 4, "values": [0.5, 1.5, 2.5, 3.5]}),
        ("queue", "q_wrap", "", {"head": 9, "tail": 11, "values": [109, 110]}),
        ("queue", "q_empty", "", {"capacity": 16, "values": [], "sequences": list(range(16))}),
        ("queue", "q_2to32", "", {"head": 0, "tail": 2, "values": [4, 5]})],
    "cpp_stack": [
        _STACK, ("stack", "s_u8", "--type u8", {"capacity": 3, "values": [5, 6, 7]}),
        ("stack", "s_f64", "--type f64", {"values": [1.5]}), ("stack", "s_empty", "", {"top": -1, "capacity": 2}),
        ("stack", "s_stuck", "", {"top": 1, "states": [2, 1, 0, 0]})],
    "cpp_map": [
        ("map", "m_i32_f64", "--value-type f64",
         {"size": 4, "items": [[1, 1.75], [-1, 3], [9, 9], [17, 17]]}),
        ("map", "m_i64_i64", "--key-type i64 --value-type i64", {"items": [[5, 50], [-7, -70], [2 ** 40, 99]]}),
        ("map", "m_i32_i32", "", {"size": 3, "items": [[3, 30], [27, 270], [19, 190]]}),
        ("map", "m_f64_i32", "--key-type f64", {"items": [[3.14, 314], [1, 1], [0, 0]]}),
        ("map", "m_p12_u32", "--key-type p12 --value-type u32", {"items": [[[1, 2, 3], 123]]}),
        ("map", "m_u8_u8", "--key-type u8 --value-type u8", {"items": [[1, 2], [200, 100]]}),
        ("map", "m_full", "", {"size": 4, "items": [[0, 0], [4, 1], [8, 2], [12, 3]]})],
    "cpp_set": [
        ("set", "s_i32", "", {"size": 3, "items": [1, -5, 17]}),
        ("set", "s_i64", "--type i64", {"items": [123456789012, -2]}),
        ("set", "s_f64", "--type f64", {"items": [2.5]}), ("set", "s_u8", "--type u8", {"items": [7]})],
    "cpp_pool": [
        ("pool", "p_i32", "", {"generation": 4, "index": 1, "allocated": 2, "values": [11, 22, 33, 0], "free": [1, 3]}),
        ("pool", "p_f64", "--type f64", {"allocated": 1, "values": [6.5, 0, 0], "free": [1, 2]}),
        ("pool", "p_u8", "--type u8", {"values": [9, 0, 0]}),
        ("pool", "p_p12", "--type p12", {"allocated": 2, "index": 0xFFFFFFFF, "free": []})],
    "cpp_ring": [
        ("ring", "r_i32", "", {"write_pos": 40, "read_pos": 12, "capacityBytes": 32, "values": [4, 5, 6, 7, 8, 9, 10]}),
        ("ring", "r_f64", "--type f64", {"capacityBytes": 16, "values": [1.25]}),
        ("ring", "r_min", "", {"capacityBytes": 4, "values": []})],
    "cpp_future": [
        ("future", "f_pending", "--type f64", {"state": 0}),
        ("future", "f_ready", "--type f64", {"state": 2, "value": 2.5}),
        ("future", "f_i32", "", {"state": 2, "value": -7}),
        ("future", "f_error", "--type f64", {"state": 3, "error": "boom"}),
        ("future", "f_p12", "--type p12", {"state": 2, "value": [1, 2, 3]}),
        ("future", "f_computing", "--type f64", {"state": 1})],
    "cpp_lazy": [
        ("lazy", "l_const", "--type f64", {"state": 2, "operation": 0, "value": 7.5, "computeCount": 0}),
        ("lazy", "l_const2", "--type f64", {"state": 2, "value": 2}),
        ("lazy", "l_add", "--type f64", {"state": 0, "operation": 1, "operands": [7.5, 2]}),
        ("lazy", "l_mul", "--type f64", {"state": 2, "operation": 2, "value": 15, "computeCount": 1}),
        ("lazy", "l_i32", "", {"state": 2, "value": 42}), ("lazy", "l_err", "--type f64", {"state": 3, "operation": 5}),
        ("lazy", "l_reset", "--type f64", {"state": 0, "operation": 0, "operands": [4.5, 0]}),
        ("lazy", "l_true", "--type bool", {"state": 2, "value": True}),
        ("lazy", "l_false", "--type bool", {"state": 2, "value": False}),
        ("lazy", "l_and", "--type bool", {"state": 0, "operation": 1, "operands": [True, False]}),
        ("lazy", "l_and2", "--type bool", {"state": 2, "value": False})],
    "cpp_stream": [
        ("stream", "temp", "--type f64", {"sequence": 5, "closed": False, "capacity": 8}),
        ("stream", "done", "", {"sequence": 2, "closed": True}), ("ticks", "ticks", "", {"count": 3, "closed": False})],
    "cpp_channel": [
        ("channel", "buf", "", {"capacity": 4, "closed": False}), ("channel", "closed", "", {"closed": True}),
        ("channel", "idle", "", {"capacity": 0, "senders": 0, "receivers": 0}),
        ("channel", "rdv", "--type f64", {"senders": 1, "slot": {"ready": 1, "consumed": 0, "value": 6.25}})],
    "cpp_channel_recvwait": [
        ("channel", "rdv", "--type f64", {"senders": 0, "slot": {"ready": 0, "consumed": 1, "value": 6.25}}),
        ("channel", "rdv2", "", {"receivers": 1, "capacity": 0})],
    "cpp_semaphore": [
        ("semaphore", "sem", "", {"count": 2, "waiting": 0, "max": 5}),
        ("semaphore", "unbounded", "", {"count": 2, "max": 0}), ("semaphore", "binary", "", {**_HELD, "waiting": 1})],
    "cpp_barrier": [_BARRIER, ("barrier", "bar2", "", {"generation": 2, "participants": 2})],
    "cpp_latch": [_LATCH, ("latch", "zero", "", {"count": 0, "initial": 2})],
    "cpp_mutex": [("mutex", "free", "", _FREE), ("mutex", "held", "", _HELD)],
    "cpp_once": [
        ("once", name, "", {"state": state}) for name, state in (("pending", 0), ("done", 2), ("executing", 1))],
    "cpp_event": [
        ("event", "auto", "", {"signaled": 0, "mode": 0, "waiting": 0}),
        ("event", "auto_sig", "", {"signaled": 1, "semaphore": {"count": 2, "waiting": 0, "max": 0}}),
        ("event", "man", "", {"mode": 1, "waiting": 1}), ("event", "man_sig", "", {"mode": 1, "signaled": 1})],
    "cpp_rwlock": [
        ("rwlock", "idle", "", {"readers": 0, "writerActive": 0, "readerMutex": _FREE, "writerMutex": _FREE}),
        ("rwlock", "readers", "", {"readers": 2}), ("rwlock", "writer", "", {"writerActive": 1, "writerMutex": _HELD})],
    "cpp_monitor": [
        ("monitor", "idle", "", {"mutex": _FREE, "count": 0}), ("monitor", "locked", "", {"mutex": _HELD}),
        ("monitor", "waited", "", {"mutex": _FREE, "count": 1, "condition": {"count": 0, "waiting": 1, "max": 0}})],
    "cpp_signal": [
        ("signal", "s_i32", "", {"version": 2, "value": 7}),
        ("signal", "s_f64", "--type f64", {"version": 1, "value": 3}),
        ("signal", "s_p12", "--type p12", {"version": 0})],
    "cpp_all": [(kind, name, "", {}) for kind, name in (
        ("semaphore", "sem"), ("barrier", "barrier"), ("latch", "latch"), ("mutex", "mutex"), ("once", "once"),
        ("event", "event"), ("rwlock", "rwlock"), ("monitor", "monitor"), ("signal", "signal"), ("channel", "chan"))],
}

_CPP_ONLY = ("s_stuck", "q_2to32", "r_min", "p_p12")
_PYTHON = {
    **{"py_" + kind: [entry for entry in _CPP["cpp_" + kind] if entry[1] not in _CPP_ONLY]
       for kind in ("queue", "stack", "latch", "mutex", "once", "rwlock", "ring", "pool")},
    "py_array": [entry for entry in _CPP["cpp_array"] if entry[1] not in ("points", "longs")],
    "py_barrier": [_BARRIER],
    "py_semaphore": _CPP["cpp_semaphore"][:2],
    "py_event": _CPP["cpp_event"][:2] + [("event", "man", "", {"mode": 1}), _CPP["cpp_event"][3]],
    "py_monitor": _CPP["cpp_monitor"][:2],
    "py_future": _CPP["cpp_future"][:4],
    "py_signal": _CPP["cpp_signal"][:2],
    "py_map": [
        ("map", "m_i32_f64", "--layout python --value-type f64",
         {"size": 4, "items": [[-1, 3], [9, 9], [17, 17], [1, 1.75]]}),
        ("map", "m_u8_u8", "--key-type u8 --value-type u8", {"items": [[1, 2], [200, 100]]})],
    "py_set": [
        ("set", "s_i32", "--layout python", {"size": 3}), ("set", "s_u8", "--layout python --type u8", {"items": [7]})],
    "py_lazy": [
        ("lazy", "l_const", "--layout python --type f64", {"state": 2, "value": 7.5}),
        ("lazy", "l_i32", "--layout python", {"state": 2, "value": 42}),
        ("lazy", "l_pending", "--layout python --type f64", {"state": 0}),
        ("lazy", "l_forced", "--layout python --type f64", {"state": 2, "value": 2.25}),
        ("lazy", "l_err", "--layout python --type f64", {"state": 3, "error": "division by zero"})],
    "py_stream": [("stream", "temp", "--layout python --type f64", {})],
    "py_channel": [
        ("channel", "buf", "--layout python", {"capacity": 3, "closed": False}),
        ("channel", "closed", "--layout python", {"closed": True}),
        ("channel", "idle", "--layout python", {"capacity": 0}),
        ("channel", "rdv", "--layout python --type f64", {"senderWaiting": 1})],
}
_PYTHON["py_pool"].append(("pool", "p_block", "--type bytes:12", {"capacity": 2, "allocated": 1}))

_OTHERS = {
    "c_queue": [_QUEUE], "go_queue": [_QUEUE], "c_stack": [_STACK], "go_stack": [_STACK], "go_array": [_TEMPS, _BYTES],
    "c_barrier_latch": [_IDLE_BARRIER, _LATCH],
    "go_sync": [
        ("semaphore", "sem", "", {"count": 2, "max": 5}), ("mutex", "held", "", _HELD), ("mutex", "free", "", _FREE),
        _IDLE_BARRIER, _LATCH, ("once", "pending", "", {"state": 0}), ("once", "done", "", {"state": 2})],
}

EXPECTED = {**_CPP, **_PYTHON, **_OTHERS}
