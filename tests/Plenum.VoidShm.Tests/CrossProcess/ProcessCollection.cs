namespace Plenum.VoidShm.Tests.CrossProcess;

/// <summary>Tests with busy processes: one after the other, and after everything else.</summary>
[CollectionDefinition("processes", DisableParallelization = true)]
public sealed class ProcessCollection;
