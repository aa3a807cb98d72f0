using System.Text.RegularExpressions;

namespace Plenum.Tidy.Tests;

/// <summary>A publishing store without an observer, or the other way round, is a bug or a lie.</summary>
public sealed partial class OrderingTagTests
{
    [Fact]
    public void PublishTags_EachProject_HaveObservePartners()
    {
        List<(string File, string Finding)> problems = [];
        foreach (var project in SourceTree.CSharp
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .GroupBy(SourceTree.ProjectOf))
        {
            var text = project.Select(SourceTree.Text).ToList();
            HashSet<string> published = Tags(text, Publish()), observed = Tags(text, Observe());
            problems.AddRange(published.Except(observed).Select(
                tag => (project.Key, $"{project.Key}: PUBLISH [{tag}] has no OBSERVE: name the load that pairs.")));
            problems.AddRange(observed.Except(published).Select(
                tag => (project.Key, $"{project.Key}: OBSERVE [{tag}] has no PUBLISH: name the store that pairs.")));
        }

        Debt.Check("ordering-tag", problems);
    }

    [Fact]
    public void PublishTags_OfThePlatform_AreInTheMemoryModel()
    {
        string page = SourceTree.Text("docs/memory-model.md");
        IEnumerable<string> files = SourceTree.CSharp
            .Where(file => file.StartsWith("src/Plenum.Platform/", StringComparison.Ordinal));

        IEnumerable<string> missing = Tags(files.Select(SourceTree.Text), Publish())
            .Where(tag => !page.Contains($"[{tag}]", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static HashSet<string> Tags(IEnumerable<string> texts, Regex tag) =>
        texts.SelectMany(text => tag.Matches(text)).Select(match =>
            match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"// PUBLISH \[([^\]]+)\]")]
    private static partial Regex Publish();

    [GeneratedRegex(@"// OBSERVE \[([^\]]+)\]")]
    private static partial Regex Observe();
}
