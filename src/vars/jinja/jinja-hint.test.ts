import { expect, test } from 'vitest';
import { jinjaHint } from './jinja-hint.js';

test.each([
  ["{{ x | default('y') }}", 'write it as {{default x "y"}}'],
  ['{{ x|d(omit) }}', 'write it as {{default x omit}}'],
  ["{{ a.b | default('y') | upper }}", 'write it as {{upper (default a.b "y")}}'],
  ["{{ users | map(attribute='name') | join(',') }}", undefined],
  [
    "{{ users | selectattr('x') | list }}",
    'the filter selectattr of Jinja has no counterpart here: put the value in a variable, or compute it in a role',
  ],
  ["{{ 'a' if x else 'b' }}", 'write it as {{ternary x "a" "b"}}'],
  ["{{ hosts[0]['name'] }}", 'write it as {{hosts.[0].name}}'],
  ['{{ hostvars[item].port }}', 'write it as {{get (get hostvars item) "port"}}'],
  ["{{ path.split('/') }}", 'write it as {{split path "/"}}'],
  ["{{ 'x' ~ y }}", 'write it as {{concat "x" y}}'],
  ['{{ port + 1 }}', 'write it as {{add port 1}}'],
  [
    '{{ port * 2 }}',
    'arithmetic (*) of Jinja has no counterpart here: put the value in a variable, or compute it in a role',
  ],
  ["x == 'y'", 'write it as eq x "y"'],
  ['not x', undefined],
  ['x is defined and x != 3', 'write it as and (defined x) (ne x 3)'],
  ['x is not defined', 'write it as not (defined x)'],
  ['x in y', 'write it as in x y'],
  ['x not in y', 'write it as not (in x y)'],
  ['result is changed or result.rc > 0', 'write it as or result.changed (gt result.rc 0)'],
  ['not (a and b)', 'write it as not (and a b)'],
  ["name is match('^web')", 'write it as matches name "^web"'],
  ['{% if a and b %}x{% endif %}', 'write {{#if (and a b)}} … {{else}} … {{/if}}'],
  ['{% for user in users %}', 'write {{#each users as |user|}} … {{/each}}'],
  ['{%- set x = 1 %}', 'write it in vars, and use the variable'],
  ['{{ constructor | upper }}', 'write it as {{upper constructor}}'],
  ['plain', undefined],
])('%s', (jinja, hint) => {
  expect(jinjaHint(jinja)).toBe(hint);
});
