#!/usr/bin/env python3
"""Breaks lines that are longer than 120 columns: comments and string literals. Usage: eng/rewrap.py FILE...

Of a comment only the words that stick out move, to the next line of the same paragraph or to a new one; code blocks stay
as they are. A string literal is cut at a space and continued with '+'. Other code is cut at the best operator or comma
outside literals; look at the result."""
import re
import sys

LIMIT = 120
COMMENT = re.compile(r"^(\s*)(///|//)( *)(.*)$")


def cut(text, room):
    """The last space that fits and does not lie inside a tag; -1 when there is none."""
    depth, best = 0, -1
    for i, c in enumerate(text):
        if i > room:
            break
        if c == "<" and text[i + 1:i + 2].isalpha() or c == "<" and text[i + 1:i + 2] == "/":
            depth += 1
        elif c == ">" and depth:
            depth -= 1
        elif c == " " and depth == 0 and i > 0:
            best = i
    return best


def continues(this, following):
    a, b = COMMENT.match(this), COMMENT.match(following)
    if not b or a[1] != b[1] or a[2] != b[2] or not b[4]:
        return False
    starts_new = b[4].startswith("<") and not re.match(r"<(see|c|paramref|typeparamref|b|i)\b", b[4])
    return not starts_new and not re.match(r"(PUBLISH|OBSERVE|CLAIM|FENCE|PLAIN|SAFETY|Weaker)\b", b[4]) and (
        a[2] == "///" or len(b[3]) >= len(a[3]))


LITERAL = re.compile(r'(\$?)"((?:[^"\\]|\\.)*)"')


NESTED = re.compile(r'\$"(?:[^"\\]|\\.)*\{[^}"]*"')  # a literal inside an interpolation: too clever for this script


def cut_literal(line):
    """The line as two, cut inside the literal that crosses the limit; None when there is none."""
    if NESTED.search(line):
        return None
    for match in LITERAL.finditer(line):
        start, end = match.start(2), match.end(2)
        if not (start < LIMIT - 2 and end > LIMIT - 4) or line[match.start() - 1:match.start()] in ('@', '"', '$'):
            continue
        depth, best = 0, -1
        for i in range(start, min(end, LIMIT - 2)):
            if line[i] == "{" and match[1]:
                depth += 1
            elif line[i] == "}" and match[1]:
                depth -= 1
            elif line[i] == " " and depth == 0:
                best = i + 1
        if best <= start + 10 or best >= end:
            return None
        indent = re.match(r"\s*", line)[0]
        stripped = line.strip()
        if not stripped.startswith(("+", ":", "?")):
            indent += "    " if not stripped.startswith(('$"', '"')) else ""
        rest = line[best:]
        sign = match[1] if "{" in line[best:end] else ""
        return [line[:best] + '"', indent + "+ " + sign + '"' + rest]
    return None


def cut_code(line, previous):
    """The line as two, cut at an operator or a comma outside literals; None when there is none."""
    if NESTED.search(line):
        return None
    masked = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: '"' * len(m[0]), line)
    indent = re.match(r"\s*", line)[0]
    floor = len(indent) + 20
    points = [(masked.rfind(" => ", 0, LIMIT - 2), 4), (masked.rfind(" ? ", 0, LIMIT), 1)]
    points += [(masked.rfind(op, 0, LIMIT), 1) for op in (" && ", " || ", " ?? ")]
    points += [(masked.rfind(op, 0, LIMIT - 1), len(op)) for op in (", ", " = ", "(")]
    points += [(masked.rfind(").", 0, LIMIT), 1)]
    for at, keep in points:
        if at > floor and not line[at + keep:].strip() in ("", ";", ");"):
            same = previous.rstrip().endswith(("(", ",")) and indent == re.match(r"\s*", previous)[0]
            deeper = "" if same or previous.rstrip().endswith("(") else "    "
            return [line[:at + keep].rstrip(), indent + deeper + line[at + keep:].lstrip()]
    return None


def main():
    for path in sys.argv[1:]:
        lines = open(path, encoding="utf-8").read().split("\n")
        i, in_code = 0, False
        while i < len(lines):
            line = lines[i]
            match = COMMENT.match(line)
            if match and "<code>" in line:
                in_code = True
            if match and len(line) > LIMIT and not in_code:
                prefix = match[1] + match[2] + match[3]
                at = cut(match[4], LIMIT - len(prefix))
                if at > 0:
                    lines[i] = prefix + match[4][:at].rstrip()
                    rest = match[4][at + 1:]
                    closed = match[4].rstrip().endswith(("</para>", "</summary>", "</param>", "</remarks>", "</exception>", "</returns>"))
                    if not closed and i + 1 < len(lines) and continues(line, lines[i + 1]):
                        following = COMMENT.match(lines[i + 1])
                        lines[i + 1] = following[1] + following[2] + following[3] + rest + " " + following[4]
                    else:
                        tag = re.match(r"(PUBLISH|OBSERVE|CLAIM|FENCE|PLAIN|SAFETY)\b", match[4])
                        lines.insert(i + 1, prefix + ("  " if tag else "") + rest)
            if not match and len(line) > LIMIT:
                parts = cut_literal(line) or cut_code(line, lines[i - 1] if i else "")
                if parts:
                    lines[i:i + 1] = parts
            if match and "</code>" in line:
                in_code = False
            i += 1
        open(path, "w", encoding="utf-8").write("\n".join(lines))


main()
