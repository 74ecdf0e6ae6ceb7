import { describe, expect, test } from 'vitest';
import { renderText, renderValue, type Scope } from './template.js';
import { evaluateCondition } from './template-condition.js';
import { TemplateError } from './template-error.js';
import { namesInText, rootsOf } from './template-names.js';
import { Data, Later, omit } from './template-value.js';

const scope: Scope = {
  port: 5000,
  host: 'web1',
  on: true,
  list: ['a', 'b'],
  users: [{ name: 'ann' }, { name: 'bob', shell: '/bin/sh' }],
  map: { key: 'value', deep: { er: [1, 2] }, 'da-sh': 1 },
  empty: null,
  url: '{{host}}:{{port}}',
  both: { url: 'http://{{url}}', port: '{{port}}' },
  said: new Data('{{port}}'),
  later: new Later('a fact of the host'),
  facts: new Data({ os_family: new Later('a fact of the host') }),
  omit: new Data(omit),
  first: 'a name like a function',
};

/** What a template gives, or the error as a person would read it. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.offset}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
}
const render = (value: unknown, names = scope) => attempt(() => renderValue(value, names));

describe('values', () => {
  test.each([
    ['plain', 'plain'],
    ['{{port}}', 5000],
    ['{{on}}', true],
    ['{{list}}', ['a', 'b']],
    ['{{map.deep}}', { er: [1, 2] }],
    ['{{map.deep.er.[1]}}', 2],
    ['{{map.da-sh}}', 1],
    ['{{empty}}', null],
    ['{{5}}', 5],
    ['{{"x"}}', 'x'],
    [' {{port}}', ' 5000'],
    ['{{host}}:{{port}}', 'web1:5000'],
    ['a & b "{{host}}" = {{first}}', 'a & b "web1" = a name like a function'],
    ['{{both}}', { url: 'http://web1:5000', port: 5000 }],
    ['{{both.url}}', 'http://web1:5000'],
    ['\\{{.Names}}', '{{.Names}}'],
    ['x {{#if on}}yes{{else}}no{{/if}}', 'x yes'],
    ['{{#each users}}{{@index}}{{name}} {{/each}}', '0ann 1bob '],
    ['{{#each users as |user|}}{{user.name}}{{@root.port}}{{../host}} {{/each}}', 'ann5000web1 bob5000web1 '],
    ['{{#each users}}{{#if shell}}{{shell}}{{else}}-{{/if}}{{/each}}', '-/bin/sh'],
    ['{{#each list}}{{this}}{{../host}} {{/each}}', 'aweb1 bweb1 '],
    ['{{#with map}}{{key}}{{/with}}{{#unless on}}x{{/unless}}', 'value'],
    ['{{#if nowhere}}a{{else}}b{{/if}}', 'b'],
  ])('%s', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  test('are rendered however deep they are', () => {
    expect(render({ a: [{ b: '{{port}}' }], c: 1, d: '{{default nowhere omit}}' })).toEqual({ a: [{ b: 5000 }], c: 1 });
  });

  test('what a host said is never taken for a template', () => {
    expect(render('{{said}} {{concat said "!"}}')).toBe('{{port}} {{port}}!');
  });
});

test.each([
  ['{{default nowhere "x"}}', 'x'],
  ['{{default map.nowhere.deeper 3}}', 3],
  ['{{default host "x"}}', 'web1'],
  ['{{default (lower nowhere) other "x"}}', 'x'],
  ['{{default empty "x"}}', 'x'],
  ['{{join list "-"}}', 'a-b'],
  ['{{join list}}', 'a,b'],
  ['{{split "a b" " "}}', ['a', 'b']],
  ['{{upper (trim " a ")}}', 'A'],
  ['{{replace "a.b.c" "." "-"}}', 'a-b-c'],
  ['{{replace "a.b" "." "$&$`"}}', 'a$&$`b'],
  ['{{length list}} {{length map}} {{length host}}', '2 3 4'],
  ['{{first list}}{{last list}}', 'ab'],
  ['{{keys map.deep}}', ['er']],
  ['{{concat list "c"}}', ['a', 'b', 'c']],
  ['{{concat host ":" port}}', 'web1:5000'],
  ['{{get map "key"}}', 'value'],
  ['{{get map "toString" "none"}}', 'none'],
  ['{{get list 1}}', 'b'],
  ['{{number "17"}}', 17],
  ['{{json map.deep}}', '{"er":[1,2]}'],
  ['{{basename "/a/b"}} {{dirname "/a/b"}}', 'b /a'],
  ['{{ternary on "yes" nowhere}}', 'yes'],
])('functions: %s', (template, value) => {
  expect(render(template)).toEqual(value);
});

test.each([
  ['eq host "web1"', true],
  ['eq port "5000"', false],
  ['ne port 5000', false],
  ['and on (gt port 1024) (lte port 5000)', true],
  ['and (defined nowhere) (eq nowhere.x 1)', false],
  ['or (not (defined nowhere)) (eq nowhere.x 1)', true],
  ['in "a" list', true],
  ['in "key" map', true],
  ['contains host "eb"', true],
  ['matches host "^web[0-9]+$"', true],
  ['not on', false],
  ['on', true],
  ['{{on}}', true],
  ['empty', false],
  [true, true],
  [false, false],
  [['on', 'eq host "web1"'], true],
  [['defined nowhere', 'eq nowhere.x 1'], false],
  ['and false later', false],
  ['and later false', false],
  ['or later on', true],
  ['"no"', false],
] as const)('condition %j', (condition, holds) => {
  expect(evaluateCondition(condition, scope)).toBe(holds);
});

test('what is not known yet makes everything computed from it unknown, and nothing else', () => {
  expect(render('{{facts.os_family}} x')).toBeInstanceOf(Later);
  expect(render('{{default facts.os_family "x"}}')).toBeInstanceOf(Later);
  expect(render('{{#if later}}a{{/if}}')).toBeInstanceOf(Later);
  expect(render({ a: '{{lower later}}', b: '{{port}}' })).toEqual({ a: expect.any(Later), b: 5000 });
  expect(evaluateCondition('eq facts.os_family "debian"', scope)).toBeInstanceOf(Later);
  expect(render('{{facts.os_familly}}')).toBe('2: facts.os_familly is not defined (did you mean facts.os_family?)');
});

describe('mistakes', () => {
  test('of several expressions of Jinja in a text were told one by one, in as many runs', () => {
    expect(render('{{ a | upper }} {{b}} {{ c | first }} {{ d | quote }}')).toMatchInlineSnapshot(
      `"0: \`{{ a | upper }}\` is not a Handlebars expression (write it as {{upper a}}; \`{{ c | first }}\`: write it as {{first c}}; \`{{ d | quote }}\`: the filter quote of Jinja has no counterpart here: put the value in a variable, or compute it in a role)"`,
    );
  });

  test('are told where they are, and what to write instead', () => {
    const templates = [
      '{{hots}}',
      'x {{map.keyy}}',
      '{{join lists ","}}',
      '{{map.deep.er.length}}',
      '{{#each users}}{{port}}{{/each}}',
      '{{lower}}',
      'x {{list}}',
      '{{lower list}}',
      '{{lowr host}}',
      '{{eq host}}',
      '{{join list by=","}}',
      "{{ host | default('y') }}",
      'a {{ host == "x" }}',
      '{{ host is defined }}',
      '{{ "a" if on else "b" }}',
      '{% if on and host %}x{% endif %}',
      '{{#if on}}x',
      '{{#if on}}x{{/each}}',
      '{{#iff on}}x{{/iff}}',
      '{{> partial}}',
      '{{.Names}}',
      '{{host',
      'a\n{{}}',
      '{{matches host "("}}',
      '{{constructor}} {{map.__proto__}}',
      '{{map.constructor.name}}',
      '{{host.constructor}}',
      '{{#each users}}{{constructor}}{{/each}}',
      '{{#each (concat list empty)}}{{name}}{{/each}}',
    ];
    expect(templates.map((template) => `${template}\n  ${render(template)}`).join('\n')).toMatchInlineSnapshot(`
      "{{hots}}
        2: hots is not defined (did you mean host?)
      x {{map.keyy}}
        4: map.keyy is not defined (did you mean map.key?)
      {{join lists ","}}
        7: lists is not defined (did you mean list?)
      {{map.deep.er.length}}
        2: map.deep.er.length is not defined (write length map.deep.er)
      {{#each users}}{{port}}{{/each}}
        17: port is not defined (inside a block write @root.port)
      {{lower}}
        2: lower is not defined (lower is a function: lower text)
      x {{list}}
        2: a list cannot stand inside text (write {{join … ","}}, {{json …}} or {{#each …}})
      {{lower list}}
        2: lower: expected text, got a list (it is written lower text)
      {{lowr host}}
        2: there is no function lowr (did you mean lower text?)
      {{eq host}}
        2: eq takes 2 values, got 1 (write it as eq a b)
      {{join list by=","}}
        2: join takes no named values (write it as join list ",")
      {{ host | default('y') }}
        0: \`{{ host | default('y') }}\` is not a Handlebars expression (write it as {{default host "y"}})
      a {{ host == "x" }}
        2: \`{{ host == "x" }}\` is not a Handlebars expression (write it as {{eq host "x"}})
      {{ host is defined }}
        3: there is no function host (write it as {{defined host}})
      {{ "a" if on else "b" }}
        3: there is no function "a" (write it as {{ternary on "a" "b"}})
      {% if on and host %}x{% endif %}
        0: Jinja statements are not understood: templates are Handlebars (write {{#if (and on host)}} … {{else}} … {{/if}})
      {{#if on}}x
        0: the block {{#if}} is not closed (close it with {{/if}})
      {{#if on}}x{{/each}}
        3: the block {{#if}} is closed by {{/each}}
      {{#iff on}}x{{/iff}}
        0: there is no block {{#iff}} (did you mean {{#if}}?)
      {{> partial}}
        0: partials and decorators are not used here
      {{.Names}}
        0: \`{{.Names}}\` is not a Handlebars expression (write \\{{.Names}} where the braces are meant as text)
      {{host
        0: {{ is not closed by }} (write \\{{ where two braces are meant as text)
      a
      {{}}
        2: \`{{}}\` is not a Handlebars expression (put a name between the braces)
      {{matches host "("}}
        2: matches: "(" is not a regular expression: a ( is never closed (it is written matches text "regex")
      {{constructor}} {{map.__proto__}}
        2: constructor is not defined
      {{map.constructor.name}}
        2: map.constructor is not defined
      {{host.constructor}}
        2: host.constructor is not defined
      {{#each users}}{{constructor}}{{/each}}
        17: constructor is not defined
      {{#each (concat list empty)}}{{name}}{{/each}}
        31: name is not defined"
    `);
  });

  test('in a condition are told without braces', () => {
    const conditions = ["x == 'y'", 'host is defined', 'hots', 'eq host', 'on and (host', 'defined'];
    const told = conditions.map((when) => `${when}\n  ${attempt(() => evaluateCondition(when, scope))}`);
    expect(told.join('\n')).toMatchInlineSnapshot(`
      "x == 'y'
        0: \`x == 'y'\` is not a Handlebars expression (write it as eq x "y")
      host is defined
        0: there is no function host (write it as defined host)
      hots
        0: hots is not defined (did you mean host?)
      eq host
        0: eq takes 2 values, got 1 (write it as eq a b)
      on and (host
        0: \`on and (host\` is not a Handlebars expression
      defined
        0: defined is not defined (defined is a function: defined name)"
    `);
  });

  test('variables that are defined by each other', () => {
    expect(render('{{a}}', { a: '{{b}}/x', b: '{{c}}', c: '{{a}}' })).toBe(
      'undefined: variables are defined by each other: a -> b -> c -> a (give one of them a literal value)',
    );
  });

  test('a mistake in the value of a variable names the variable', () => {
    const names = { a: '{{b}}', b: 'x {{nowhere}}', c: '{{lower list}}', list: [] };
    expect(render('{{a}}', names)).toBe('4: nowhere is not defined, in the value of b');
    expect(render('{{default a "x"}}', names)).toBe('x');
    expect(attempt(() => renderValue('{{c}}', names))).toMatch('lower: expected text, got a list, in the value of c');
  });
});

test('a file is text, also when it is one expression', () => {
  expect(renderText('{{port}}', scope)).toBe('5000');
  expect(attempt(() => renderText('{{list}}', scope))).toMatch('a list cannot stand inside text');
  expect(attempt(() => renderText('{{later}}', scope))).toMatch('the text depends on a fact of the host');
});

test('names that a template takes from outside', () => {
  const text = `{{a.b}} {{join c ","}} {{default d (lower e)}} {{#if f}}{{g}}{{/if}}
{{#each h as |i|}}{{i.x}} {{j}} {{../k}} {{@root.l}} {{@index}}{{else}}{{m}}{{/each}} {{defined n}} {{this.o}}`;
  expect(namesInText(text).map((use) => `${use.path}${use.optional ? '?' : ''}`)).toEqual(
    'a.b c d? e f? g h k l m n? o'.split(' '),
  );
  expect([...rootsOf({ x: ['{{a.b}}', '{{ broken |'], y: 1 })]).toEqual(['a']);
});

test.each([
  '{{this}}',
  '{{default port []}}',
  '{{#if on}}{{json .}}{{/if}}',
])('%s takes all variables at once', (text) => {
  expect(attempt(() => namesInText(text))).toMatch(/means all variables at once here \(name one of them\)/);
});

test('what a loop is at is no such mistake', () => {
  expect(namesInText('{{#each list}}{{this}} {{.}}{{/each}}').map(({ path }) => path)).toEqual(['list']);
});

test('data within a list or map is taken as it is, like data alone', () => {
  const within = { x: [new Data('{{port}}')], y: { z: new Data('{%') }, port: '{{port}}' };
  expect(renderValue(within, scope)).toEqual({ x: ['{{port}}'], y: { z: '{%' }, port: 5000 });
  expect(renderValue('{{w.y.z}}{{w.port}}', { ...scope, w: within })).toBe('{%5000');
});
