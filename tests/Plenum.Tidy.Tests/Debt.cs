using System.Globalization;
using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>
/// How many findings of a rule a project may still have: lines "rule project count" of debt.txt, which may only shrink.
/// After paying some back, write it anew with PLENUM_UPDATE_DEBT=1.
/// </summary>
internal static class Debt
{
    private static readonly string s_path = Repository.PathOf("tests", "Plenum.Tidy.Tests", "debt.txt");

    private static readonly Lock s_gate = new();

    /// <summary>Fails when a project has more findings than the debt file grants it (none, if it is not named
    /// there).</summary>
    internal static void Check(string rule, IEnumerable<(string File, string Finding)> findings)
    {
        List<(string File, string Finding)> all = findings.ToList();
        if (Environment.GetEnvironmentVariable("PLENUM_UPDATE_DEBT") == "1")
        {
            Write(rule, all);
        }

        Dictionary<string, int> granted = Read(rule);
        List<string> problems = [];
        foreach (var project in all.GroupBy(finding => SourceTree.ProjectOf(finding.File)))
        {
            int limit = granted.GetValueOrDefault(project.Key);
            if (project.Count() > limit)
            {
                problems.Add($"{project.Key}: {project.Count()} findings, {limit} granted");
                problems.AddRange(project.Select(finding => "  " + finding.Finding).Take(200));
            }
        }

        Assert.True(problems.Count == 0, $"Rule '{rule}':\n{string.Join('\n', problems)}");
    }

    private static Dictionary<string, int> Read(string rule) => Lines()
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length == 3 && words[0] == rule)
        .ToDictionary(words => words[1], words => int.Parse(words[2], CultureInfo.InvariantCulture));

    private static void Write(string rule, IEnumerable<(string File, string Finding)> findings)
    {
        lock (s_gate)
        {
            IEnumerable<string> others = Lines().Where(line => !line.StartsWith(rule + " ", StringComparison.Ordinal));
            IEnumerable<string> present = findings.GroupBy(finding => SourceTree.ProjectOf(finding.File))
                .Select(project => $"{rule} {project.Key} {project.Count()}");
            File.WriteAllLines(s_path, others.Concat(present).Order(StringComparer.Ordinal));
        }
    }

    private static string[] Lines() => File.Exists(s_path) ? File.ReadAllLines(s_path) : [];
}
