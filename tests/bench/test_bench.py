#!/usr/bin/env python3
"""test_bench.py BENCH ROOT - postern-bench says what it promises, and what it says gets
into the README. Not what the numbers are."""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

bench, root = sys.argv[1:]
writer = os.path.join(root, 'tests/tools/bench-readme.py')
work = tempfile.mkdtemp()
passed = failed = 0


def check(holds, what):
    global passed, failed
    passed += bool(holds)
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {passed + failed} - {what}")


def run(*arguments):
    return subprocess.run([bench, '--quick', *arguments], capture_output=True, text=True,
                          check=False)


def file_of(name, *lines):
    path = os.path.join(work, name)
    text = ''.join((line if isinstance(line, str) else json.dumps(line)) + '\n'
                   for line in lines)
    with (gzip.open if name.endswith('.gz') else open)(path, 'wt', encoding='utf-8') as file:
        file.write(text)
    return path


def cases(*lines, options=(), name='cases.jsonl'):
    return run('--cases', file_of(name, *lines), '--rulesets', file_of('none.jsonl'),
               '--json', *options)


def is_number(value):
    return isinstance(value, (int, float)) and value >= 0


def whole_run():
    picture = os.path.join(work, 'growth.svg')
    done = run('--json', '--svg', picture, '--text-size', '123456',
               '--code-size', '65432', '--passes', '2')
    check(done.returncode == 0, 'the published cases and rulesets are answered as expected')
    found = json.loads(done.stdout)
    check(len(found['cases']) == 47 and len(found['rulesets']) == 8, 'all are measured')
    for key, members in {
            'cases': ['ns_min', 'ns_median', 'compile_us_min', 'bytes', 'allocations',
                      'ns_rotating'],
            'rulesets': ['ns_min', 'ns_median', 'compile_us_min', 'bytes', 'rules',
                         'verdict_ns_min']}.items():
        check(all(isinstance(one['name'], str) and all(is_number(one[name]) for name in members)
                  for one in found[key]), f'each of {key} has name and numbers')
        check(all(one['ns_min'] <= one['ns_median'] for one in found[key]),
              f'of {key} the least is not above the median')
        check(all(100 < one['bytes'] < 1e8 for one in found[key]), f'{key} hold memory')
        check(all(one['peer']['ns_min'] > 0 for one in found[key]), f'{key} have a peer')
        check(all(one['allocations'] == 0 for one in found[key]),
              f'evaluating {key} allocates nothing')
    check(found['fill']['ns_min'] > 0 and found['fill']['allocations'] == 0,
          'filling a request allocates nothing')
    check((found['fill']['headers'], found['fill']['values']) == (20, 34),
          'a request has 20 headers and 34 other values')
    check(found['two_rules']['ns_min'] > 0, 'two rules are decided')
    check(found['text_size'] == 123456 and found['code_size'] == 65432, 'the size of the code is passed on')
    check(len(found['growth']) == 8 and all(
        [point['count'] for point in curve['points']] ==
        ([10, 100, 1000] if curve['of'] == 'entries' else [10, 100])
        for curve in found['growth']), 'growth has all its curves')
    names = {element.tag.split('}')[1] for element in
             xml.etree.ElementTree.parse(picture).getroot().iter()}
    check({'path', 'text', 'circle'} <= names and 'script' not in names,
          'the picture is well-formed and holds no script')
    return done.stdout, found


def other_input():
    one = {'name': 'one', 'expr': 'ssl and app.level gt 2', 'expect': True,
           'ctx': {'ssl': True, 'app.level': 3}}
    many = {'name': 'many', 'expr': 'ssl', 'ctxs': [{'ssl': True}, {'ssl': False}]}
    done = cases(one, dict(many, expect=[True, False]), dict(many, expect=1),
                 name='cases.jsonl.gz')
    check(done.returncode == 0 and
          [case['contexts'] for case in json.loads(done.stdout)['cases']] == [1, 2, 2],
          'cases of a compressed file, also with several contexts')
    for wrong in (dict(one, expect=False), dict(many, expect=True),
                  dict(many, expect=[True, True]), dict(many, expect=2)):
        done = cases(wrong)
        check(done.returncode == 1 and wrong['name'] in done.stderr and
              'wrong' in json.loads(done.stdout)['cases'][0],
              f"another answer than {json.dumps(wrong['expect'])} is told")
    rules = {'name': 'two', 'exprs': ['not ssl', 'ssl'], 'ctx': {'ssl': True}}
    done = run('--json', '--cases', file_of('none.jsonl'), '--rulesets',
               file_of('rules.jsonl', rules))
    check(done.returncode == 0 and json.loads(done.stdout)['rulesets'][0]['rules'] == 2,
          'a ruleset of another file')
    padded = dict(rules, exprs=['not ssl' + ' ' * 100000, 'ssl'])
    done = run('--json', '--cases', file_of('none.jsonl'), '--rulesets',
               file_of('rules.jsonl', padded))
    check(0 < json.loads(done.stdout)['rulesets'][0]['bytes'] < 150000,
          'the text of rules is not counted')
    done = run('--cases', file_of('none.jsonl'), '--rulesets',
               file_of('rules.jsonl', dict(rules, exprs=['ssl', 'ssl'])))
    check(done.returncode == 1, 'a ruleset of which an earlier rule matches is told')
    done = run('--json', '--only', 'seed_host')
    check([case['name'] for case in json.loads(done.stdout)['cases']] == ['seed_host_eq'],
          'only what is asked for')


def bad_input():
    for what, lines in {
            'not JSON': ['{'],
            'a list': [[]],
            'no name': [{'expr': 'ssl', 'ctx': {}}],
            'no expression': [{'name': 'a', 'ctx': {}}],
            'an expression that is a number': [{'name': 'a', 'expr': 1, 'ctx': {}}],
            'no rules': [{'name': 'a', 'exprs': [], 'ctx': {}}],
            'a rule that is none': [{'name': 'a', 'exprs': ['ssl', 1], 'ctx': {}}],
            'one expression and several': [{'name': 'a', 'expr': 'ssl', 'exprs': ['ssl'],
                                            'ctx': {}}],
            'an expression that does not compile': [{'name': 'a', 'expr': 'ssl and',
                                                     'ctx': {}}],
            'no context': [{'name': 'a', 'expr': 'ssl'}],
            'a context that is none': [{'name': 'a', 'expr': 'ssl', 'ctx': 1}],
            'no contexts': [{'name': 'a', 'expr': 'ssl', 'ctxs': []}],
            'one context and several': [{'name': 'a', 'expr': 'ssl', 'ctx': {}, 'ctxs': [{}]}],
            'a value of another type': [{'name': 'a', 'expr': 'ssl', 'ctx': {'ssl': 1}}],
            'a value of no type': [{'name': 'a', 'expr': 'ssl', 'ctx': {'app.a': None}}],
            'an expectation of no kind': [{'name': 'a', 'expr': 'ssl', 'ctx': {},
                                           'expect': 'yes'}],
            'too many expectations': [{'name': 'a', 'expr': 'ssl', 'ctx': {},
                                       'expect': [True, False]}],
            'expectations that are none': [{'name': 'a', 'expr': 'ssl', 'ctx': {},
                                            'expect': [1]}],
            'fewer than no matches': [{'name': 'a', 'expr': 'ssl', 'ctx': {},
                                       'expect': -1}]}.items():
        done = cases(*lines)
        check(done.returncode == 2 and done.stderr.startswith('postern-bench: ') and
              done.stdout == '', f'{what} is refused')
    for arguments in (['--cases'], ['--nonsense'], ['--nonsense', 'x'], ['--passes', '0'],
                      ['--passes', '2x'], ['--cases', os.path.join(work, 'none')],
                      ['--only', 'seed_host_eq', '--svg', '/nowhere/growth.svg']):
        check(run(*arguments).returncode == 2, f"{' '.join(arguments[:2])} is refused")


def table():
    done = run('--only', 'seed_host_eq')
    check(done.returncode == 0 and 'seed_host_eq' in done.stdout and
          '\033' not in done.stdout, 'a table, without colours where nobody sees them')


def readme(text, found):
    path = os.path.join(root, 'README.md')
    copy = os.path.join(work, 'README.md')
    json_path = file_of('found.json', text)
    shutil.copy(path, copy)
    command = [sys.executable, writer, json_path, copy, '--date', '2026-01-02',
               '--machine', 'a machine']

    def parts(name):
        with open(name, encoding='utf-8') as file:
            before, rest = file.read().split('<!-- figures: ')
            return [before, *rest.split('<!-- end of figures -->')]

    def write():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, parts(copy) if done.returncode == 0 else done.stderr

    was = parts(path)
    check('| what | cost |' in was[1] and '`ruleset_mixed_10000`' in was[1] and
          'tests/tools/bench.sh' in was[1], 'the README has the figures')
    check(os.path.exists(os.path.join(root, 'tests/bench/growth.svg')),
          'the picture that the README shows is there')
    first, written = write()
    check(first == 0 and written[0] == was[0] and written[2] == was[2],
          'the rest of the README stays')
    rows = written[1].split('\n')
    check('2026-01-02, a machine' in written[1] and
          len([row for row in rows if row.startswith('| ')]) >= 19 and
          f"{found['fill']['ns_min']:,.0f}"[:1] in written[1] and
          '64 KiB' in written[1] and '121 KiB' in written[1], 'all figures come into it')
    check(write() == (0, written), 'writing them twice changes nothing')
    with open(copy, 'w', encoding='utf-8') as file:
        file.write('# nothing\n')
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode != 0 and 'expected' in done.stderr,
          'a README without marks is told')


try:
    readme(*whole_run())
    other_input()
    bad_input()
    table()
finally:
    shutil.rmtree(work)
print(f'1..{passed + failed}')
sys.exit(failed > 0)
