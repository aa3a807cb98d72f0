using Plenum.TestSupport;

[assembly: AssemblyFixture(typeof(LeakCheck))]
