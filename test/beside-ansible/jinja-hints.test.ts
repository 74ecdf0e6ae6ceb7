import { readFileSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import { expect, test } from 'vitest';
import { ansibleFacts, standInFacts } from '../../src/site/render/ansible-facts.js';
import { jinjaHint } from '../../src/vars/jinja/jinja-hint.js';
import { ansibleFactNames } from '../../src/vars/jinja/jinja-words.js';
import { renderValue } from '../../src/vars/template/template.js';
import { TemplateError } from '../../src/vars/template/template-error.js';
import { seeded } from '../kit/random.js';

/*
 * Expressions of Jinja under Ansible, and here as the hint says to write them: a hint that is pasted is accepted, and gives
 * what Ansible gives. Where Ansible gives an error, there is nothing to compare with.
 */

const command = execaSync('sh', ['-c', 'command -v ansible-playbook'], { reject: false }).stdout ?? '';
if (command === '' && process.env.PROVISION_REQUIRE_LAB === '1') throw new Error('there is no ansible-playbook here');

const variables = {
  p: 5000,
  n: 3,
  zero: 0,
  t: 'Web.Example',
  empty: '',
  path: '/srv/data/a.txt',
  yes: true,
  off: false,
  l: [1, 2],
  m: [2, 3],
  names: ['web', 'db', 'web'],
  none_of_it: [],
  d: { port: 80, 'a-b': 'x', nested: { list: ['u', 'v'] } },
  digits: '42',
  version: '3.7',
  ...ansibleFacts(standInFacts),
};

const written = [
  'p + 1',
  'p + n + 2',
  "'a' + t",
  "t ~ p ~ '-' ~ n + 1",
  'l + m',
  'l | union(m)',
  'names | union(names) | join',
  "names | join(', ')",
  "','.join(names)",
  "ansible_facts['os_family'] == 'Debian'",
  'ansible_facts.distribution',
  "ansible_facts['default_ipv4']['address']",
  "missing | default('a')",
  "empty | default('a', true)",
  'missing | default(t, true) | upper',
  "zero | default('a', false)",
  'version | int',
  'digits | int + 1',
  'version | float > 3.5',
  'version | float',
  'p | string',
  "(p | string) + 'x'",
  "'no' | bool",
  "'Yes' | bool",
  'digits is string',
  'l is contains(2)',
  "t is match('Web')",
  "t is match('Example|Web')",
  "t is match('^Web')",
  "t is search('Exa')",
  't is lower',
  "t | replace('e', 'E')",
  "t | replace('e', 'E', 1)",
  "path.split('/')",
  "path.split('/', 1)",
  't.split()',
  'd | to_json',
  'd.keys() | list',
  "d['a-b']",
  "d['nested'].list[1]",
  'd.nested.list[-1]',
  "d.get('nothing', 7)",
  'l[0]',
  '-p',
  'p * 2',
  'not yes or off and l',
  "'a' if p > n else 'b'",
  "(n == 3) | ternary('x', 'y')",
  "'it''s'",
  `'say "a"' ~ t`,
  `"it's" ~ t`,
  `'back\\\\slash' ~ t`,
  `'tab\\there' ~ t`,
  'l | first + l | last',
  'n in l',
  "'web' not in names",
  'p is defined and missing is undefined',
  'none_of_it | length == 0',
  'path | basename',
  'path | dirname',
  'names | map("upper") | list',
  'p | int(7)',
];

/** Expressions that nobody thought of. */
function random(count: number): readonly string[] {
  const next = seeded(20);
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(next() * values.length)] as Value;
  const atoms = [
    ...Object.keys(variables)
      .slice(0, 15)
      .filter((name) => name !== 'zero' && name !== 'off'),
    "'a'",
    "'Web'",
    '1',
    '7',
    'missing',
    "d['port']",
    'd.nested.list',
  ];
  const filters = [
    'lower',
    'upper',
    'trim',
    'length',
    'first',
    'last',
    'int',
    'string',
    'bool',
    'list',
    'join',
    "join('-')",
    "default('z')",
    "default('z', true)",
    'union(m)',
    "replace('a', 'b')",
    "split('.')",
    'basename',
    'float',
    "ternary('x', 'y')",
    'unique',
    'sort',
  ];
  const tests = [
    'defined',
    'not defined',
    'string',
    'number',
    "match('W')",
    "search('e')",
    'contains(2)',
    'in names',
    'eq 3',
    'gt 1',
    'none',
    'undefined',
  ];
  const expression = (depth: number): string => {
    const one = () => expression(depth - 1);
    if (depth === 0) return pick(atoms);
    return pick([
      () => `${one()} | ${pick(filters)}`,
      () => `${one()} is ${pick(tests)}`,
      () => `(${one()} ${pick(['+', '~', '==', '!=', '<', '>=', 'in', 'not in', 'and', 'or', '-'])} ${one()})`,
      () => `(${one()} if ${one()} else ${one()})`,
      () => `not ${one()}`,
      () =>
        `${pick(['names', 'l', 't', 'd', 'path'])}${pick(['[0]', '[-1]', "['port']", ".split('/')", '.upper()', '.keys()', ".get('port')"])}`,
      one,
    ])();
  };
  return Array.from({ length: count }, () => expression(1 + Math.floor(next() * 3)));
}

const evaluate = `
import json, sys
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
asked = json.load(sys.stdin)
facts = {k[len('ansible_'):]: v for k, v in asked['variables'].items() if k.startswith('ansible_')}
templar = Templar(loader=DataLoader(), variables={**asked['variables'], 'ansible_facts': facts})
answers = []
for expression in asked['expressions']:
    try: answers.append({'value': json.loads(json.dumps(templar.template('{{ ' + expression + ' }}', fail_on_undefined=True)))})
    except Exception as error: answers.append({'error': str(error)[:200]})
json.dump(answers, sys.stdout)
`;

/** Ansible makes text of numbers that are computed, and True of true within a text; a list in a text is Python's there. */
function comparable(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (value === null) return '';
  if (typeof value === 'string') return value.replaceAll('True', 'true').replaceAll('False', 'false');
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value ?? {}).map(([key, each]) => [key, comparable(each)]));
  return value;
}

test.runIf(command !== '')(
  'a hint that is pasted is accepted, and gives what Ansible gives',
  { timeout: 120_000 },
  async () => {
    const expressions = [...written, ...random(1500)];
    const [, python = 'python3'] = /^#!\s*(\S+)/.exec(readFileSync(command, 'utf8')) ?? [];
    const { stdout } = await execa(python, ['-c', evaluate], {
      input: JSON.stringify({ variables, expressions }),
      env: { ANSIBLE_NOCOLOR: '1', LC_ALL: 'C.UTF-8' },
      maxBuffer: 100_000_000,
    });
    const answers = JSON.parse(stdout) as readonly ({ value: unknown } | { error: string })[];
    const wrong: string[] = [];
    let same = 0;
    for (const [index, expression] of expressions.entries()) {
      const answer = answers[index];
      const hint = /^write it as (\{\{[\s\S]*\}\})$/.exec(jinjaHint(`{{ ${expression} }}`) ?? '')?.[1];
      if (hint === undefined || answer === undefined || !('value' in answer)) continue;
      if (typeof answer.value === 'string' && /[[{].*[\]}]/.test(answer.value)) continue;
      const given = JSON.stringify(comparable(answer.value));
      const ours = rendered(hint);
      // A value of another kind than a function takes is an error here, never another value.
      const isRefused = index >= written.length && /: expected |is not defined/.test(ours);
      if (ours === given) same += 1;
      else if (!isRefused) wrong.push(`${expression}\n  ${hint}\n  Ansible ${given}, here ${ours}`);
    }
    expect(wrong.join('\n')).toBe('');
    expect(same).toBeGreaterThan(200);
  },
);

function rendered(template: string): string {
  try {
    return JSON.stringify(comparable(renderValue(template, variables)));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.message;
  }
}

test('the facts that a hint names are those that there are', () => {
  expect(ansibleFactNames.map((name) => `ansible_${name}`).sort()).toEqual(
    Object.keys(ansibleFacts(standInFacts)).sort(),
  );
});
