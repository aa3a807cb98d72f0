using System.Text;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>Writes the tables of the documents from the committed results.</summary>
/// <remarks>A table stands between <c>&lt;!-- results:PREFIX[,PREFIX] --&gt;</c> and <c>&lt;!-- /results
/// --&gt;</c>; the prefix <c>summary</c> stands for <see cref="SummaryTable"/>.</remarks>
internal static class TableWriter
{
    private const string Start = "<!-- results:";
    private const string Summary = "summary";
    private const string End = "<!-- /results -->";
    private static readonly string[] s_documents = ["docs/performance.md", "README.md"];

    /// <summary>Rewrites the documents, or only says which ones differ.</summary>
    internal static int Run(bool check)
    {
        string root = FindRoot();
        SampleRecord[] samples = [.. ResultFile.LoadAll(root).SelectMany(file => file.Samples)];
        int different = 0;
        foreach (string document in s_documents)
        {
            string path = Path.Combine(root, document);
            string old = File.ReadAllText(path);
            string now = Rewrite(old, samples);
            if (now != old)
            {
                different++;
                Console.WriteLine($"{document}: {(check ? "differs from benchmarks/results" : "rewritten")}");
                if (!check)
                {
                    File.WriteAllText(path, now);
                }
            }
        }

        return check && different > 0 ? 1 : 0;
    }

    internal static string FindRoot()
    {
        string? folder = Environment.CurrentDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Plenum.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("run it inside the repository: no Plenum.slnx above");
    }

    private static string Rewrite(string text, SampleRecord[] samples)
    {
        var result = new StringBuilder();
        int position = 0;
        while (text.IndexOf(Start, position, StringComparison.Ordinal) is var start and >= 0)
        {
            int words = start + Start.Length;
            int close = text.IndexOf("-->", words, StringComparison.Ordinal);
            int end = text.IndexOf(End, close, StringComparison.Ordinal);
            string[] prefixes = text[words..close].Trim().Split(',');
            result.Append(text, position, close + 3 - position).Append('\n');
            if (prefixes is [Summary])
            {
                result.Append(SummaryTable.Of(samples));
            }
            else
            {
                result.Append(ResultTable.Head).Append(ResultTable.Lines(samples.Where(sample =>
                    prefixes.Any(prefix => sample.Case.StartsWith(prefix, StringComparison.Ordinal)))));
            }

            position = end;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
