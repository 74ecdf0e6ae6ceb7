import { expect, test } from 'vitest';
import { FakeHost, runOver } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';
import { assert } from '../resources/actions/assert.js';
import { debug } from '../resources/actions/debug.js';
import { fail } from '../resources/actions/fail.js';

const inventory = 'all: {hosts: {web1: {port: 80, name: a}, web2: {port: 8080, name: b}}}';

const site = (tasks: string) =>
  load(
    { 'inventory.yaml': inventory, 'site.yaml': `- hosts: all\n  tasks:\n${tasks}` },
    { kinds: [assert, debug, fail] },
  );

test('assert fails with what does not hold, fail with its reason; both where their condition holds', async () => {
  const { told, plays } = await site(`
    - {name: all well, assert: {that: [true, gt port 79], success_msg: "{{name}} is well"}}
    - {name: high, assert: {that: [gt port 1024, eq name "b"], fail_msg: "{{port}} is taken"}, ignore_errors: yes}
    - {name: alone, assert: {that: ne port 80}, register: asked, ignore_errors: yes}
    - {name: later, assert: {that: not asked.failed}}
    - {name: never, fail: {msg: x}, when: eq port 1}
    - {name: over, fail: {msg: "{{name}} is not wanted"}}
`);
  expect(told).toBe('');
  const { lines } = await runOver({ web1: new FakeHost(), web2: new FakeHost() }, plays, { forks: 1 });
  expect(lines).toMatchInlineSnapshot(`
    [
      "web1 all well: ok a is well",
      "web1 high: failed 80 is taken",
      "web1 alone: failed does not hold: ne port 80",
      "web1 later: failed does not hold: not asked.failed",
      "web2 all well: ok b is well",
      "web2 high: ok",
      "web2 alone: ok",
      "web2 later: ok",
      "web2 never: skipped when: eq port 1",
      "web2 over: failed b is not wanted",
    ]
  `);
});

test('mistakes in conditions are told at their places', async () => {
  const { told } = await site(`
    - assert: {that: ["gt prot 1", "port > 1", "gt port"]}
    - assert: {fail_msg: x}
    - assert: {that: [], quiet: yes}
    - fail: {message: x}
`);
  expect(told).toMatchInlineSnapshot(`
    "site.yaml:4:27: prot is not defined (did you mean port?)
    site.yaml:4:37: \`port > 1\` is not a Handlebars expression (write it as gt port 1)
    site.yaml:4:49: gt takes 2 values, got 1 (write it as gt a b)
    site.yaml:5:15: assert: this needs "that" (a list)
    site.yaml:6:22: assert: that: must not be empty, found an empty list
    site.yaml:6:26: assert: unknown key "quiet" (expected that, fail_msg or success_msg)
    site.yaml:7:14: fail: unknown key "message" (expected msg)"
  `);
});

test('debug shows a message, or a value under its name, also one that is known late', async () => {
  const { told, plays } = await site(`
    - {name: a, debug: {msg: "hello {{name}}"}, register: said}
    - {name: b, debug: {var: said.msg}}
    - {name: c, debug: {var: groups.all}}
    - {name: d, debug: {msg: ["{{port}}"]}}
`);
  expect(told).toBe('');
  const { lines } = await runOver({ web1: new FakeHost(), web2: new FakeHost() }, plays, { forks: 1 });
  expect(lines.slice(0, 4)).toEqual([
    'web1 a: ok hello a',
    'web1 b: ok said.msg = "hello a"',
    'web1 c: ok groups.all = ["web1","web2"]',
    'web1 d: ok [80]',
  ]);
  expect((await site('    - debug: {var: nmae}')).told).toBe(
    'site.yaml:3:20: nmae is not defined (did you mean name?)',
  );
});
