"""Verbs that rebuild golden ZeroIPC images byte for byte.

`poke32 ENTRY OFFSET VALUE` imitates what a live peer leaves; `raw ENTRY SIZE` adds an empty entry.
"""

SCRIPTS = {
    "cpp_table_empty": "",
    "py_table_empty": "",
    "cpp_array": """
        array-create --name temps --type f32 --capacity 10
        array-set --name temps --type f32 --values 20,20.5,21,21.5,22,22.5,23,23.5,24,24.5
        array-create --name bytes --type u8 --capacity 3
        array-set --name bytes --type u8 --values 1,2,255
        array-create --name ints --capacity 5
        array-set --name ints --values=-3,-2,1,6,13
        array-create --name doubles --type f64 --capacity 4
        array-set --name doubles --type f64 --values 3.25,-1,1e300,0.1
        array-create --name points --type p12 --capacity 2
        array-set --name points --type p12 --values 1:2:3,4:5:6
        array-create --name longs --type i64 --capacity 2
        array-set --name longs --type i64 --values=-1,-9223372036854775808""",
    "cpp_queue": """
        queue-create --name q_i32 --capacity 6
        queue-push --name q_i32 --values 10,20,30,40,50
        queue-pop --name q_i32 --count 2
        queue-create --name q_u8 --type u8 --capacity 3
        queue-push --name q_u8 --type u8 --values 7,8
        queue-create --name q_f64 --type f64 --capacity 4
        queue-push --name q_f64 --type f64 --values 0.5,1.5,2.5,3.5
        queue-create --name q_wrap --capacity 4
        queue-push --name q_wrap --values 101
        queue-pop --name q_wrap
        queue-push --name q_wrap --values 102,103,104
        queue-pop --name q_wrap --count 3
        queue-push --name q_wrap --values 105,106,107
        queue-pop --name q_wrap --count 3
        queue-push --name q_wrap --values 107,108,109,110
        queue-pop --name q_wrap --count 2
        queue-create --name q_empty --capacity 16
        queue-create --name q_2to32 --capacity 4
        poke32 q_2to32 0 0xFFFFFFFC
        poke32 q_2to32 4 0xFFFFFFFC
        poke32 q_2to32 32 0xFFFFFFFC
        poke32 q_2to32 36 0xFFFFFFFD
        poke32 q_2to32 40 0xFFFFFFFE
        poke32 q_2to32 44 0xFFFFFFFF
        queue-push --name q_2to32 --values 0,1,2
        queue-pop --name q_2to32 --count 3
        queue-push --name q_2to32 --values 3,4,5
        queue-pop --name q_2to32""",
    "cpp_stack": """
        stack-create --name s_i32 --capacity 5
        stack-push --name s_i32 --values 11,22,33,44
        stack-pop --name s_i32
        stack-create --name s_u8 --type u8 --capacity 3
        stack-push --name s_u8 --type u8 --values 5,6,7
        stack-create --name s_f64 --type f64 --capacity 4
        stack-push --name s_f64 --type f64 --values 1.5
        stack-create --name s_empty --capacity 2
        stack-create --name s_stuck --capacity 4
        stack-push --name s_stuck --values 1,2
        poke32 s_stuck 36 1""",
    "cpp_map": """
        map-create --name m_i32_f64 --value-type f64 --capacity 8
        map-put --name m_i32_f64 --value-type f64 --values 1=1.5,42=-2.25
        map-put --name m_i32_f64 --value-type f64 --values=-1=3,1=1.75,9=9,17=17
        map-remove --name m_i32_f64 --value-type f64 --values 42
        map-create --name m_i64_i64 --key-type i64 --value-type i64 --capacity 8
        map-put --name m_i64_i64 --key-type i64 --value-type i64 --values 5=50,-7=-70,1099511627776=99
        map-create --name m_i32_i32 --capacity 8
        map-put --name m_i32_i32 --values 3=30,11=110,19=190
        map-remove --name m_i32_i32 --values 11
        map-put --name m_i32_i32 --values 27=270
        map-create --name m_f64_i32 --key-type f64 --capacity 8
        map-put --name m_f64_i32 --key-type f64 --values 3.14=314,1=1,0=0
        map-create --name m_p12_u32 --key-type p12 --value-type u32 --capacity 8
        map-put --name m_p12_u32 --key-type p12 --value-type u32 --values 1:2:3=123
        map-create --name m_u8_u8 --key-type u8 --value-type u8 --capacity 8
        map-put --name m_u8_u8 --key-type u8 --value-type u8 --values 1=2,200=100
        map-create --name m_full --capacity 4
        map-put --name m_full --values 0=0,4=1,8=2,12=3""",
    "cpp_set": """
        set-create --name s_i32 --capacity 8
        set-add --name s_i32 --values 1,-5,9,17
        set-remove --name s_i32 --values 9
        set-create --name s_i64 --type i64 --capacity 8
        set-add --name s_i64 --type i64 --values 123456789012,-2
        set-create --name s_f64 --type f64 --capacity 8
        set-add --name s_f64 --type f64 --values 2.5
        set-create --name s_u8 --type u8 --capacity 8
        set-add --name s_u8 --type u8 --values 7""",
    "cpp_pool": """
        pool-create --name p_i32 --capacity 4
        pool-allocate --name p_i32 --values 11,22,33
        pool-free --name p_i32 --index 1
        pool-create --name p_f64 --type f64 --capacity 3
        pool-allocate --name p_f64 --type f64 --values 6.5
        pool-create --name p_u8 --type u8 --capacity 3
        pool-allocate --name p_u8 --type u8 --values 9
        pool-create --name p_p12 --type p12 --capacity 2
        pool-allocate --name p_p12 --type p12 --values 1:2:3,4:5:6""",
    "cpp_ring": """
        ring-create --name r_i32 --capacity-bytes 32
        ring-push --name r_i32 --values 1,2,3,4,5,6,7,8
        ring-pop --name r_i32 --count 3
        ring-push --name r_i32 --values 9,10
        ring-create --name r_f64 --type f64 --capacity-bytes 20
        ring-push --name r_f64 --type f64 --values 1.25
        ring-create --name r_min --capacity-bytes 1""",
    "cpp_stream": """
        stream-create --name temp --type f64 --capacity 8
        stream-push --name temp --type f64 --values 0.25,1.25,2.25,3.25,4.25
        stream-pop --name temp --type f64 --count 2
        stream-create --name done --capacity 4
        stream-push --name done --values 1,2
        stream-close --name done
        raw ticks 16
        poke32 ticks 0 3""",
    "cpp_channel": """
        channel-create --name buf --capacity 3
        channel-send --name buf --values 1,2,3
        channel-receive --name buf
        channel-create --name closed --capacity 2
        channel-send --name closed --values 5
        channel-close --name closed
        channel-create --name idle --capacity 0
        channel-create --name rdv --type f64 --capacity 0
        poke32 rdv_header 4 1
        poke32 rdv_slot 0 1
        poke32 rdv_slot 12 0x40190000""",
    "cpp_semaphore": """
        semaphore-create --name sem --count 3 --max 5
        semaphore-acquire --name sem
        semaphore-create --name unbounded --count 0
        semaphore-release --name unbounded
        semaphore-release --name unbounded
        semaphore-create --name binary --count 1 --max 1
        semaphore-acquire --name binary
        poke32 binary 4 1""",
    "cpp_barrier": """
        barrier-create --name bar --participants 3
        poke32 bar 0 1
        barrier-create --name bar2 --participants 2
        poke32 bar2 4 2""",
    "cpp_latch": """
        latch-create --name latch --count 5
        latch-down --name latch --count 2
        latch-create --name zero --count 2
        latch-down --name zero --count 7""",
    "cpp_mutex": """
        mutex-create --name free
        mutex-lock --name free
        mutex-unlock --name free
        mutex-create --name held
        mutex-lock --name held""",
    "cpp_once": """
        once-create --name pending
        once-create --name done
        once-call --name done
        once-create --name executing
        poke32 executing 0 1""",
    "cpp_event": """
        event-create --name auto
        event-create --name auto_sig
        event-signal --name auto_sig
        event-signal --name auto_sig
        event-create --name man --mode manual
        poke32 man 8 1
        event-create --name man_sig --mode manual
        event-signal --name man_sig""",
    "cpp_rwlock": """
        rwlock-create --name idle
        rwlock-create --name readers
        rwlock-read-lock --name readers
        rwlock-read-lock --name readers
        rwlock-create --name writer
        rwlock-write-lock --name writer""",
    "cpp_monitor": """
        monitor-create --name idle
        monitor-create --name locked
        monitor-lock --name locked
        monitor-create --name waited
        poke32 waited_cond 4 1
        poke32 waited_count 0 1""",
    "cpp_signal": """
        signal-create --name s_i32 --values 5
        signal-set --name s_i32 --values 6,7
        signal-create --name s_f64 --type f64 --values 1.5
        signal-set --name s_f64 --type f64 --values 3
        signal-create --name s_p12 --type p12 --values 1:2:3""",
    "cpp_lazy": """
        lazy-create --name l_const --type f64 --values 7.5
        lazy-create --name l_const2 --type f64 --values 2
        lazy-create --name l_add --type f64 --operation add --values 7.5,2
        lazy-create --name l_mul --type f64 --operation multiply --values 7.5,2
        lazy-force --name l_mul --type f64
        lazy-create --name l_i32 --values 42""",
    "cpp_future": """
        future-create --name f_pending --type f64
        future-create --name f_ready --type f64
        future-set --name f_ready --type f64 --values 2.5
        future-create --name f_i32
        future-set --name f_i32 --values=-7
        future-create --name f_error --type f64
        future-fail --name f_error --type f64 --text boom
        future-create --name f_p12 --type p12
        future-set --name f_p12 --type p12 --values 1:2:3
        future-create --name f_computing --type f64
        poke32 f_computing 0 1""",
    "py_map": """
        map-create --layout python --name m_i32_f64 --value-type f64 --capacity 8
        map-put --layout python --name m_i32_f64 --value-type f64 --values 1=1.5,42=-2.25
        map-put --layout python --name m_i32_f64 --value-type f64 --values=-1=3,1=1.75,9=9,17=17
        map-remove --layout python --name m_i32_f64 --value-type f64 --values 42
        map-create --layout python --name m_i64_i64 --key-type i64 --value-type i64 --capacity 8
        map-put --layout python --name m_i64_i64 --key-type i64 --value-type i64 --values 5=50,-7=-70,1099511627776=99
        map-create --layout python --name m_i32_i32 --capacity 8
        map-put --layout python --name m_i32_i32 --values 3=30,11=110,19=190
        map-remove --layout python --name m_i32_i32 --values 11
        map-put --layout python --name m_i32_i32 --values 27=270
        map-create --layout python --name m_u8_u8 --key-type u8 --value-type u8 --capacity 8
        map-put --layout python --name m_u8_u8 --key-type u8 --value-type u8 --values 1=2,200=100""",
    "py_set": """
        set-create --layout python --name s_i32 --capacity 8
        set-add --layout python --name s_i32 --values 1,-5,9,17
        set-remove --layout python --name s_i32 --values 9
        set-create --layout python --name s_i64 --type i64 --capacity 8
        set-add --layout python --name s_i64 --type i64 --values 123456789012,-2
        set-create --layout python --name s_u8 --type u8 --capacity 8
        set-add --layout python --name s_u8 --type u8 --values 7""",
    "py_stream": """
        stream-create --layout python --name temp --type f64 --capacity 8
        stream-push --layout python --name temp --type f64 --values 0.25,1.25,2.25,3.25,4.25
        stream-pop --layout python --name temp --type f64 --count 2""",
    "py_channel": """
        channel-create --layout python --name buf --capacity 3
        channel-send --layout python --name buf --values 1,2,3
        channel-receive --layout python --name buf
        channel-create --layout python --name closed --capacity 2
        channel-send --layout python --name closed --values 5
        channel-close --layout python --name closed
        channel-create --layout python --name idle --capacity 0
        channel-create --layout python --name rdv --type f64 --capacity 0
        poke32 rdv_sync 0 1""",
}
