#!/usr/bin/env python3
"""bench-readme.py FOUND.json README.md --date DATE --machine TEXT - writes what
postern-bench has found between the two marks of a README."""
import argparse
import json
import math
import sys

BEGIN = '<!-- figures: tests/tools/bench.sh writes them -->\n'
END = '<!-- end of figures -->\n'


def number(value):
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.1f}' if value >= 10 else f'{value:.2f}'


def ns(value):
    return number(value) + ' ns'


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def ratios(results):
    return {one['name']: one['peer']['ratio'] for one in results if 'peer' in one}


def case_rows(cases):
    found = ratios(cases)
    turning = [one['ns_rotating'] / one['ns_min'] for one in cases if 'ns_rotating' in one]
    if found:
        worst = max(found, key=found.get)
        yield (f'{len(found)} expressions, geometric mean of the ratios to the peer',
               f'{geometric_mean(found.values()):.2f}')
        yield f'the slowest of them, `{worst}`', f'{found[worst]:.2f}'
    if turning:
        yield ('1,024 different requests in turn, to one for ever, geometric mean',
               f'{geometric_mean(turning):.2f}')
    if cases:
        yield ('compiling one of them, least and median',
               ' and '.join(number(value) + ' us' for value in middle(cases)))
        yield 'allocations of an evaluation', f"{max(one['allocations'] for one in cases):g}"


def middle(cases):
    times = sorted(one['compile_us_min'] for one in cases)
    return times[0], times[len(times) // 2]


def ruleset_rows(rulesets):
    for one in rulesets:
        cost = ns(one['ns_min'])
        if 'ns_rotating' in one:
            cost += f"; requests in turn {ns(one['ns_rotating'])}"
        if 'peer' in one:
            cost += f"; the peer {ns(one['peer']['ns_min_scaled'])}"
        yield f"`{one['name']}`: {one['rules']:,} rules, the last one matches", cost
    most = max((one['rules'] for one in rulesets), default=0)
    for one in rulesets:
        if one['rules'] == most:
            yield (f"loading `{one['name']}`; memory for each rule",
                   f"{number(one['compile_us_min'] / 1e3)} ms; "
                   f"{one['bytes'] / one['rules']:,.0f} bytes")


def other_rows(found):
    fill = found['fill']
    two = found['two_rules']
    by_hand = found['calibration']['two_rules']
    yield (f"filling a request with {fill['headers']} headers and {fill['values']} values, "
           'and deciding two rules',
           f"{ns(fill['ns_min'])}, {fill['allocations']:g} allocations")
    yield ('those two rules alone',
           f"{ns(two['ns_min'])}, {two['ns_min'] / by_hand:.1f} times by hand in C")
    yield 'with connection and verdict', ns(two['decide_ns_min'])
    if 'modsecurity_ns_min' in two:
        yield 'the same two in libmodsecurity', ns(two['modsecurity_ns_min'])
    if 'code_size' in found and 'text_size' in found:
        yield ('code of `libpostern`, made for size (`-Os`)',
               f"{found['code_size'] / 1024:.0f} KiB, with constants and tables for "
               f"unwinding {found['text_size'] / 1024:.0f} KiB")


def section(found, date, machine):
    rows = [*case_rows(found['cases']), *ruleset_rows(found['rulesets']), *other_rows(found)]
    lines = [f'{date}, {machine}; `tests/tools/bench.sh`.\n', '\n', '| what | cost |\n',
             '|---|---|\n']
    lines += [f'| {what} | {cost} |\n' for what, cost in rows]
    return ''.join(lines)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('found')
    options.add_argument('readme')
    options.add_argument('--date', required=True)
    options.add_argument('--machine', required=True)
    options = options.parse_args()
    with open(options.found, encoding='utf-8') as file:
        found = json.load(file)
    with open(options.readme, encoding='utf-8') as file:
        text = file.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f'{options.readme}: expected {BEGIN.strip()} and {END.strip()}, once')
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    with open(options.readme, 'w', encoding='utf-8') as file:
        file.write(before + BEGIN + section(found, options.date, options.machine) + END + after)


if __name__ == '__main__':
    main()
