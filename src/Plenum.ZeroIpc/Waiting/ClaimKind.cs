namespace Plenum.ZeroIpc;

/// <summary>What an owner record is about. The values are part of the wait table's format.</summary>
internal enum ClaimKind : byte
{
    /// <summary>The record is free.</summary>
    None = 0,

    /// <summary>A mutex, at the offset of its count.</summary>
    Mutex = 1,

    /// <summary>A place in the line of a semaphore, at the offset of its count.</summary>
    Semaphore = 2,

    /// <summary>A reader inside a reader-writer lock, at the offset of its readers field.</summary>
    Reader = 3,

    /// <summary>The executor of a once, at the offset of its state.</summary>
    Once = 4,

    /// <summary>One raised count of a waiting counter that peers read, at the counter's offset.</summary>
    Counter = 5,

    /// <summary>A party of a barrier, at the barrier's offset; aux is the generation it last arrived in.</summary>
    Barrier = 6,

    /// <summary>A party of a latch that still owes counts, at the latch's offset; aux is how many.</summary>
    Latch = 7,

    /// <summary>A raised waiter count of a wait site, at the site's key.</summary>
    Site = 8,

    /// <summary>A slot of a queue claimed by a producer, at the queue's offset; aux is the first ticket | (number - 1)
    /// &lt;&lt; 32.</summary>
    QueueProducer = 16,

    /// <summary>A slot of a queue claimed by a consumer, at the queue's offset; aux is the ticket.</summary>
    QueueConsumer = 17,

    /// <summary>The setter of a future or lazy value, at its offset.</summary>
    Setter = 18,

    /// <summary>A subscriber, sender or receiver of a stream or channel, at its offset.</summary>
    Subscriber = 19,

    /// <summary>Indexes of a stack claimed by a push, at the stack's offset; aux as
    /// <see cref="QueueProducer"/>.</summary>
    StackPush = 24,

    /// <summary>Indexes of a stack claimed by a pop, at the stack's offset; aux as
    /// <see cref="QueueProducer"/>.</summary>
    StackPop = 25,

    /// <summary>A slot of a stack held by a look at the top, at the stack's offset; aux is the index.</summary>
    StackPeek = 26,

    /// <summary>A free slot of a map or set held by an insertion, at the structure's offset; aux is the slot.</summary>
    SlotInsert = 27,

    /// <summary>An occupied slot of a map or set held by an update or a removal, at the structure's offset; aux is the
    /// slot.</summary>
    SlotUpdate = 28,
}
