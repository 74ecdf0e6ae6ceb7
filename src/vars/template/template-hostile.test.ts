import { afterEach, describe, expect, test, vi } from 'vitest';
import { canary, handlebarsCorpus, jinjaCorpus } from '../../../test/hostile/template-corpus.js';
import { jinjaHint } from '../jinja/jinja-hint.js';
import { renderText, renderValue, type Scope, variableValue } from './template.js';
import { evaluateCondition } from './template-condition.js';
import { TemplateError } from './template-error.js';
import { namesInText } from './template-names.js';
import { Data } from './template-value.js';
import { TextMemo } from './text-memo.js';

const scope: Scope = { host: 'web1', list: ['a', 'b'], map: { key: 'value' }, number: 1, said: new Data('{{host}}') };

/** Returns what a template gives, or how it is refused. Anything else that is thrown is a fault. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `refused: ${error.offset}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
}
const render = (value: unknown, names = scope) => attempt(() => renderValue(value, names));
const isRefused = (answer: unknown) => typeof answer === 'string' && /^refused: \d+: /.test(answer);

describe('a template reaches what it is given, and nothing else', () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([...new Set(handlebarsCorpus.map(({ kind }) => kind))])('hostile templates: %s', (kind) => {
    const printed = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level));
    const entries = handlebarsCorpus.filter((entry) => entry.kind === kind);
    const given = entries.flatMap(({ name, text }) => {
      const answers = [attempt(() => renderText(text, scope)), render(text), render(`x ${text}`)];
      return answers.every(isRefused) ? [] : [`${name}: ${answers.map((answer) => JSON.stringify(answer)).join(' ')}`];
    });
    expect(given).toEqual(inert[kind] ?? []);
    expect(Object.hasOwn(globalThis, canary)).toBe(false);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  /** Those that may be rendered, and what they give. */
  const inert: Readonly<Record<string, readonly string[]>> = {
    prototypes: [
      'get of __proto__: "null" "null" "x null"',
      'get of constructor: "null" "null" "x null"',
      'in of constructor: "false" "false" "x false"',
      'in of __proto__: "false" "false" "x false"',
    ],
    context: ['each over a text: "" "" "x "'],
  };

  test('nothing of a Jinja template is executed, and its words are no condition', () => {
    for (const { text } of jinjaCorpus) {
      const inner = text.replace(/^\{[{%]|[%}]\}$/g, '');
      for (const run of [() => renderText(text, scope), () => evaluateCondition(inner, scope)]) attempt(run);
      expect(Object.hasOwn(globalThis, canary), text).toBe(false);
    }
  });

  test('a name that would be a template, a literal or a function is looked up as a name', () => {
    for (const name of ['a}}{{x', 'true', '1', 'a b', 'join', '__proto__', 'constructor', '']) {
      const own: Scope = Object.fromEntries([
        [name, `{{host}}`],
        ['host', 'web1'],
      ]);
      expect(variableValue(name, own), name).toBe('web1');
      expect(
        attempt(() => variableValue(name, {})),
        name,
      ).toBe(`refused: undefined: ${name} is not defined`);
    }
  });

  test('a name that has code of JavaScript in it is a name', () => {
    const names = ['x"+(globalThis.y=1)+"', "x'+(globalThis.y=1)+'", 'x\\u0022', '`${1}`', '*/x/*', '__proto__'];
    for (const name of names) {
      const map = Object.fromEntries([[name, 'value']]);
      expect(render(`{{map.[${name}]}}`, { map })).toBe('value');
      expect(render(`{{[${name}]}}`, map)).toBe('value');
      expect(render(`{{#each list as |item|}}{{@root.map.[${name}]}}{{/each}}`, { map, list: [1] })).toBe('value');
    }
    expect(Object.hasOwn(globalThis, 'y')).toBe(false);
  });

  test('a map in the form of a syntax tree is a map', () => {
    const literal = { type: 'NumberLiteral', value: `globalThis.${canary}=1`, original: 1 };
    const path = { type: 'PathExpression', parts: ['lookup'], original: 'lookup', data: false, depth: 0 };
    const statement = { type: 'MustacheStatement', path, params: [literal], strip: {} };
    const program = { type: 'Program', body: [statement], blockParams: [] };
    expect(render('{{program}}', { program })).toEqual(program);
    expect(render(program)).toEqual(program);
    expect(render('{{json program.body}}', { program })).toBe(JSON.stringify([statement]));
    expect(Object.hasOwn(globalThis, canary)).toBe(false);
  });

  test('what a host said is not rendered, by whatever way it comes into a text', () => {
    const hostile = '{{host}} {{#each list}}{{this}}{{/each}} {% if x %}';
    const said = new Data({ stdout: hostile, lines: [hostile] });
    const names = { ...scope, said, again: '{{said.stdout}}', twice: '{{again}}' };
    for (const text of [
      '{{said.stdout}}',
      '{{again}}',
      '{{twice}}',
      '{{first said.lines}}',
      '{{concat said.stdout ""}}',
    ])
      expect(render(text, names)).toBe(hostile);
    expect(render('{{#each said.lines}}{{this}}{{/each}}', names)).toBe(hostile);
    expect(render('{{#with said}}{{stdout}}{{/with}}', names)).toBe(hostile);
  });

  test('values that are no data give nothing of what they are', () => {
    class Account {
      password = 'secret';
      get token() {
        return 'secret';
      }
    }
    const values = { account: new Account(), map: new Map([['a', 1]]), run: () => 'ran', symbol: Symbol('x') };
    const texts = ['account.password', 'account.token', 'map.size', 'map.get', 'run.name', 'run', 'symbol', 'account'];
    const blocks = [
      '{{#each run}}{{this}}{{/each}}',
      '{{#with run}}{{this}}{{/with}}',
      '{{#each account}}{{this}}{{/each}}',
    ];
    const answers = [...texts.map((text) => `x {{${text}}}`), ...blocks].map((text) => render(text, values));
    expect(answers).toMatchInlineSnapshot(`
      [
        "refused: 4: account.password is not defined",
        "refused: 4: account.token is not defined",
        "refused: 4: map.size is not defined",
        "refused: 4: map.get is not defined",
        "refused: 4: run.name is not defined",
        "refused: 2: a function is no value",
        "refused: 2: a symbol is no value",
        "refused: 2: an object of a class is no value",
        "refused: 0: a function is no value",
        "refused: 0: a function is no value",
        "refused: 0: an object of a class is no value",
      ]
    `);
  });
});

describe('a template has an end', () => {
  const nested = (open: string, inside: string, close: string) => open.repeat(3000) + inside + close.repeat(3000);
  test.each([
    ['blocks', nested('{{#if host}}', 'x', '{{/if}}')],
    ['blocks that are not closed', '{{#if host}}'.repeat(50_000)],
    ['blocks of the contrary', nested('{{^if host}}', 'x', '{{/if}}')],
    ['blocks behind a backslash', nested('\\\\{{#if host}}', 'x', '{{/if}}')],
    ['branches', `{{#if host}}${'{{else if host}}'.repeat(3000)}{{/if}}`],
    ['calls', `{{json ${nested('(json ', 'host', ')')}}}`],
    ['parentheses', `{{json ${'('.repeat(200_000)}`],
  ])('it refuses %s that stand in each other without end', (_, text) => {
    expect(render(text)).toMatch(/^refused: \d+: this stands deeper than 100 levels in the template/);
    expect(() => namesInText(text)).toThrow(TemplateError);
  });

  test('it refuses more expressions than a file has, and what is not closed behind many braces', () => {
    expect(render('{{host}}'.repeat(10_001))).toBe('refused: 80000: a template has at most 10000 expressions');
    expect(render('{{'.repeat(200_000))).toMatch(/^refused: \d+: \{\{ is not closed by }}/);
    expect(render(`{{${'../'.repeat(50_000)}host}}`)).toMatch(/^refused: 2: [./]{200}… leads out of the template/);
    expect(render(`{% if ${'{% if a '.repeat(50_000)}`)).toMatch('Jinja statements are not understood');
  });

  test('it looks for no counterpart of a Jinja expression without end', () => {
    for (const expression of ['('.repeat(1500), 'not '.repeat(400), '-'.repeat(1500), 'a.b'.repeat(100_000)])
      expect(jinjaHint(`{{ ${expression} x | y }}`)).toBeUndefined();
  });

  test('what was made of texts is not kept for ever', () => {
    const remembered = new TextMemo<number>();
    for (let index = 0; index < 10_010; index += 1) remembered.set(`text ${index}`, index);
    expect([remembered.get('text 9'), remembered.get('text 10'), remembered.get('text 10009')]).toEqual([
      undefined,
      10,
      10_009,
    ]);
    remembered.set('x'.repeat(8 * 1024 * 1024), 1);
    expect(remembered.get('text 10009')).toBeUndefined();
    remembered.set('short', 2);
    expect(remembered.get('short')).toBe(2);
  });
});
