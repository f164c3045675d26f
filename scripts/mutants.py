# SPDX-License-Identifier: BSD-3-Clause
"""The mutants of a C++ source's bounds checks, for mutate_checks.py.

Works on the text as clang-format lays it out (a comparison has blanks around it, a template's
brackets have none), so that no compiler's library is needed. What is a check:

- a condition: of `if`, `while`, `for`, before `?`, and of `return` and `=` where it compares. All of
  it, and each clause of && and ||, is forced to be true or false where that changes anything;
- a comparison of order: its limit is moved by one, either way; of equality: likewise where it is
  with a number;
- a call in CALLS: left out, and its number of octets moved by one, either way;
- std::min and std::max: either argument alone, and the result moved by one.
"""

import re
from dataclasses import dataclass

# Calls that check or set a bound: which argument counts octets, and what stands for a call left out
# (None: what a call must return cannot be told).
CALLS = {
    "need": (0, "true"),
    "quote": (1, "true"),
    "bound": (0, "void()"),
    "bound_packet": (2, "void()"),
}

MASKED = re.compile(r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | (?<!\w)'(?:\\.|[^'\\\n])+'
                        | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*""", re.X | re.S | re.M)
STATIC_ASSERT = re.compile(r"\bstatic_assert\s*\(")
CONDITION = re.compile(r"\b(if|while|for)\s*\(")
STATEMENT = re.compile(r"\breturn\s|(?<=\s)=\s")
COMPARISON = re.compile(r"(?<=\s)(<=|>=|<|>|==|!=)(?=\s)")
ORDER = {"<": ("<=", -1), "<=": ("<", 1), ">": (">=", 1), ">=": (">", -1)}
EXTREME = re.compile(r"\bstd::(?:min|max)(<[\w:]+>)?\(")
CALL = re.compile(r"(?:\b\w+(?:\.|->))?\b(\w+)\(")
DEFINED = re.compile(r"[\w>&*]\s+$")  # Before a name: a declaration, unless the word is `return`.
OPEN, CLOSE = "([{", ")]}"


@dataclass(frozen=True, order=True)
class Mutant:
    start: int
    end: int
    replacement: str

    def apply(self, text):
        return text[:self.start] + self.replacement + text[self.end:]

    def show(self, text):
        """The lines it touches as one, the change marked: `if ([a < b -> true]) return;`"""
        first = text.rfind("\n", 0, self.start) + 1
        last = text.find("\n", self.end)
        shown = (f"{text[first:self.start]}[{text[self.start:self.end]} -> {self.replacement}]"
                 f"{text[self.end:last if last >= 0 else len(text)]}")
        return " ".join(shown.split())


def mask(text):
    """`text` with blanks for comments, literals, directives and static assertions."""
    def blanked(part):
        return re.sub(r"[^\n]", " ", part)
    text = MASKED.sub(lambda match: blanked(match.group()), text)
    while match := STATIC_ASSERT.search(text):
        end = closing(text, match.end() - 1) + 1
        text = text[:match.start()] + blanked(text[match.start():end]) + text[end:]
    return text


def closing(code, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for here in range(at, len(code)):
        depth += (code[here] in OPEN) - (code[here] in CLOSE)
        if depth == 0:
            return here
    return len(code)


def split(code, start, end, separator):
    """The parts of code[start:end] between the separators that no bracket encloses."""
    parts, depth, first = [], 0, start
    for here in range(start, end):
        depth += (code[here] in OPEN) - (code[here] in CLOSE)
        if depth == 0 and code.startswith(separator, here):
            parts.append((first, here))
            first = here + len(separator)
    return [trimmed(code, *part) for part in parts + [(first, end)]]


def trimmed(code, start, end):
    while start < end and code[start].isspace():
        start += 1
    while end > start and code[end - 1].isspace():
        end -= 1
    return start, end


BEFORE = re.compile(r".*(?:&&|\|\||[,;?]|(?<!:):(?!:)|(?<=\s)[-+*/|&^]?=(?=\s)|\breturn\b|\bcase\b)",
                    re.S)
BEHIND = re.compile(r"&&|\|\||[,;?]|(?<!:):(?!:)|(?<=\s)(?:<=|>=|<|>|==|!=)(?=\s)")


def level(code, start, end):
    """code[start:end] with what stands in brackets blanked out."""
    result, depth = [], 0
    for letter in code[start:end]:
        depth -= letter in CLOSE
        result.append(letter if depth <= 0 else " ")
        depth += letter in OPEN
    return "".join(result)


def expression_before(code, at, whole=False):
    """Where the operand that ends at `at` starts; `whole`: the operand of `?`."""
    depth, first = 0, at
    while first > 0:
        letter = code[first - 1]
        if depth == 0 and (letter in OPEN or letter in ";" or (letter == "}" and not whole)):
            break
        depth += (letter in CLOSE) - (letter in OPEN)
        first -= 1
    here = level(code, first, at)
    if whole:
        here = re.sub(r"&&|\|\|", "  ", here)
    match = BEFORE.match(here)
    return trimmed(code, first + (match.end() if match else 0), at)[0]


def expression_behind(code, at):
    """Where the operand that starts at `at` ends."""
    depth, last = 0, at
    while last < len(code):
        letter = code[last]
        if depth == 0 and (letter in CLOSE or letter == ";"):
            break
        depth += (letter in OPEN) - (letter in CLOSE)
        last += 1
    match = BEHIND.search(level(code, at, last))
    return trimmed(code, at, at + match.start() if match else last)[1]


def compares(code, start, end):
    text = level(code, start, end)
    return "?" not in text and (bool(COMPARISON.search(text)) or "&&" in text or "||" in text)


def statement_end(code, at):
    """Where the expression that starts at `at` ends, all its operands included."""
    depth = 0
    for here in range(at, len(code)):
        if depth == 0 and code[here] in ";,)]}":
            return here
        depth += (code[here] in OPEN) - (code[here] in CLOSE)
    return len(code)


def conditions(code):
    """The (start, end) of every condition."""
    found = []
    for match in CONDITION.finditer(code):
        parts = split(code, match.end(), closing(code, match.end() - 1), ";")
        if match.group(1) == "for" and len(parts) != 3:
            continue  # Over a range.
        start, end = parts[1] if match.group(1) == "for" else parts[-1]
        if start < end and not re.search(r"\s=\s", level(code, start, end)):
            found.append((start, end))
    for match in re.finditer(r"\?", code):
        found.append(trimmed(code, expression_before(code, match.start(), whole=True),
                             match.start()))
    for match in STATEMENT.finditer(code):
        end = statement_end(code, match.end())
        if compares(code, match.end(), end):
            found.append(trimmed(code, match.end(), end))
    for match in COMPARISON.finditer(code):  # What is left: arguments.
        if not any(start <= match.start() < end for start, end in found):
            start = expression_before(code, match.start(), whole=True)
            found.append(trimmed(code, start, statement_end(code, match.end())))
    return found


def forced_clauses(code, start, end):
    """Yields the mutants of the clauses of a condition; of one clause there are none."""
    for separator, value in (("||", "false"), ("&&", "true")):
        parts = split(code, start, end, separator)
        if len(parts) > 1:
            for part in parts:
                if not (separator == "||" and is_call_in(code, part)):
                    yield Mutant(*part, value)
                yield from forced_clauses(code, *part)
            return
    if start < end and code[start] == "(" and closing(code, start) == end - 1:
        yield from forced_clauses(code, *trimmed(code, start + 1, end - 1))


def is_call_in(code, part):
    """Whether it is `!walk.need(...)`, which is left out as a call."""
    match = CALL.match(code, part[0] + 1) if code[part[0]] == "!" else None
    return bool(match and match.group(1) in CALLS and closing(code, match.end() - 1) == part[1] - 1)


def of_conditions(code):
    for start, end in conditions(code):
        if code[start:end] in ("true", "false"):
            continue
        yield Mutant(start, end, "true")
        if not is_call_in(code, (start, end)):
            yield Mutant(start, end, "false")
        yield from forced_clauses(code, start, end)


def is_number(text):
    """Whether an operand of == is a number, as far as its text tells: no enumerator, no flag."""
    text = re.sub(r"sizeof\([^)]*\)", "1", text)
    return "::" not in text and not re.search(r"[kK]ind|true|false|nullptr|\bk(?!Octets|Max|\w*Octets)",
                                              text)


def moved(operand, change):
    """`operand` with `+ 1` or `- 1`, in brackets unless it is one term."""
    if not re.fullmatch(r"[\w.:]+(?:\([^()]*\))?", operand):
        operand = f"({operand})"
    return f"{operand} {change}"


def of_comparisons(text, code):
    for match in COMPARISON.finditer(code):
        operator = match.group()
        left = expression_before(code, match.start())
        right = trimmed(code, match.end(), expression_behind(code, match.end()))
        operand = text[right[0]:right[1]]
        if operator in ORDER:
            replacement, other = ORDER[operator]
            yield Mutant(*match.span(), replacement)
            if other > 0:
                yield Mutant(*right, moved(operand, "+ 1"))
            else:
                end = trimmed(code, left, match.start())[1]
                yield Mutant(left, end, moved(text[left:end], "+ 1"))
        elif is_number(operand) and code[left] != "(":  # Brackets stand around a test of bits.
            yield Mutant(*right, moved(operand, "+ 1"))
            if operand != "0":
                yield Mutant(*right, moved(operand, "- 1"))


def of_calls(text, code):
    for match in CALL.finditer(code):
        before = code[:match.start()]
        if match.group(1) not in CALLS or (DEFINED.search(before)
                                           and not re.search(r"\breturn\s+$", before)):
            continue
        which, without = CALLS[match.group(1)]
        end = closing(code, match.end() - 1)
        arguments = split(code, match.end(), end, ",")
        if which >= len(arguments):
            continue
        yield Mutant(match.start(), end + 1, without)
        start, end = arguments[which]
        for change in ("+ 1", "- 1"):
            yield Mutant(start, end, moved(text[start:end], change))


def of_extremes(text, code):
    for match in EXTREME.finditer(code):
        end = closing(code, match.end() - 1)
        call = text[match.start():end + 1]
        for start, stop in split(code, match.end(), end, ","):
            kind = match.group(1)
            yield Mutant(match.start(), end + 1, f"static_cast{kind}({text[start:stop]})" if kind
                         else f"({text[start:stop]})")
        for change in ("+ 1", "- 1"):
            yield Mutant(match.start(), end + 1, f"({call} {change})")


def mutants_of(text):
    """All mutants of a source, in order, no two of the same text."""
    code = mask(text)
    found = {*of_conditions(code), *of_comparisons(text, code), *of_calls(text, code),
             *of_extremes(text, code)}
    distinct = {mutant.apply(text): mutant for mutant in sorted(found, reverse=True)}
    distinct.pop(text, None)
    return sorted(distinct.values())
