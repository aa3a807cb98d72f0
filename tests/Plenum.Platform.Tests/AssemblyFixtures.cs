using Plenum.TestSupport;

[assembly: AssemblyFixture(typeof(LeakCheck))]

// Some tests count this process' allocations or change a process-wide setting.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
