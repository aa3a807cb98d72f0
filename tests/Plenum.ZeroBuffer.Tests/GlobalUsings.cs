global using Plenum.Platform;
global using Plenum.TestSupport;
global using Xunit;
