import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Diagnostics, InputError } from '../../src/diagnostics/diagnostic.js';
import { parseYaml } from '../../src/diagnostics/yaml/yaml-file.js';
import { loadInventory } from '../../src/inventory/load.js';
import { selectHosts } from '../../src/inventory/patterns.js';
import { pythonLiteral } from '../../src/inventory/read/python-literal.js';
import { translateJinja } from '../../src/vars/jinja/jinja-translate.js';
import { renderText, renderValue } from '../../src/vars/template/template.js';
import { evaluateCondition } from '../../src/vars/template/template-condition.js';
import { TemplateError } from '../../src/vars/template/template-error.js';
import { parseExtraVars } from '../../src/vars/variables.js';
import { seal } from '../../src/vars/vault/cipher.js';
import { readEnvelope, writeEnvelope } from '../../src/vars/vault/envelope.js';
import { load } from '../kit/site-fixture.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const never = () => false;
const templates = (error: unknown) => error instanceof TemplateError || error instanceof InputError;

/** An inventory that lies in a file of this name. */
function inventory(name: string, file: string, seeds: readonly string[], words: readonly string[]): Reader {
  const path = join(folder, file);
  return {
    name,
    seeds,
    words,
    refuses: never,
    run(input) {
      writeFileSync(path, input);
      const diagnostics = new Diagnostics();
      const { hosts, groups } = loadInventory([path], diagnostics);
      promise(!('polluted' in {}), 'every object was changed', '');
      promise(hosts.size < 100_000 && groups.size < 100_000, 'more than the input can mean', hosts.size);
      return diagnostics.all.length === 0;
    },
  };
}

const hosts = loadInventory(['web1,web2,db1,'], new Diagnostics());

const scope = {
  name: 'web',
  list: ['a', 'b'],
  map: { a: 1, b: { c: 'x' } },
  number: 5,
  nothing: null,
  again: '{{name}}-{{number}}',
};

fuzz([
  inventory(
    'an inventory in INI',
    'hosts.ini',
    [
      '[web]\nweb[1:3].example.com ansible_port=22 ansible_user="a b"\nx[a:f]\n[db:children]\nweb\n[db:vars]\nport=5432\nlist=[1, "two", {"x": None}]\n# c\n',
      'one two=3\n[all:vars]\na=True\n',
    ],
    [
      '[a:children]\n',
      '[a:vars]\n',
      '[1:9999999999]',
      '[a:z:2]',
      '[001:100]',
      '__proto__=1',
      'x={"polluted": 1}',
      'ansible_host=',
      ' ; ',
    ],
  ),
  inventory(
    'an inventory in YAML',
    'hosts.yaml',
    [
      'all:\n  hosts:\n    web[1:3]: {ansible_port: 22}\n  children:\n    db:\n      hosts: {db1: {a: [1, yes]}}\n      vars: {x: "{{y}}"}\n      children: {inner: {hosts: {db2: }}}\n',
    ],
    ['hosts:', 'children:', 'vars:', '[1:9999999999]', '__proto__: {polluted: 1}', '&a ', '*a', '<<: '],
  ),
  {
    name: 'a pattern of hosts',
    seeds: ['web*:&all:!db1', 'all[0:1],db1', '~web\\d', 'all'],
    words: [':&', ':!', '~', '[0:', '[-1]', '[99999999999]', '(', '*', ','],
    refuses: never,
    run(input) {
      const diagnostics = new Diagnostics();
      const chosen = selectHosts(input.toString('utf8'), hosts, {}, diagnostics);
      promise(new Set(chosen).size === chosen.length, 'a host twice', chosen.length);
      return diagnostics.all.length === 0;
    },
  },
  {
    name: 'YAML',
    seeds: [
      'a: &x [1, {b: yes}]\nc: *x\nd: "{{e}}"\nf: |\n  text\n"g h": >-\n  folded\n? complex\n: value\n',
      '- 1e3\n- 0o17\n- .inf\n- ~\n- 2020-01-01\n',
    ],
    words: [
      '!vault |',
      '!unsafe ',
      '&a ',
      '*a',
      '<<: *a',
      '? ',
      '|2+\n',
      '>-\n',
      '%YAML 1.1\n',
      '...\n',
      '!!binary ',
      '!!set ',
      '__proto__: ',
    ],
    refuses: never,
    run(input) {
      const diagnostics = new Diagnostics();
      const source = parseYaml('f.yaml', input.toString('utf8'), diagnostics, undefined, 'ansible');
      promise((source === undefined) === diagnostics.all.length > 0, 'refused without a word', '');
      for (const { place } of diagnostics.all)
        promise(place !== undefined && place.line > 0 && place.column > 0, 'nowhere', place);
      source?.placeOf(['a', 0, 'b']);
      return source !== undefined;
    },
  },
  {
    name: 'a site',
    seeds: [
      '- hosts: all\n  vars: {a: 1, b: "{{a}}"}\n  roles:\n    - role: web\n      vars: {web_port: 81}\n  tasks:\n    - name: x\n      file: {path: /etc/x, content: "x{{b}}"}\n      when: eq a 1\n      register: r\n      notify: again\n    - block:\n        - command: ls\n          loop: [1, 2]\n          until: r.changed\n      rescue:\n        - service: {name: x}\n  handlers:\n    - name: again\n      service: {name: web}\n',
    ],
    words: [
      'hosts: ',
      'tasks:',
      'roles:',
      'when: ',
      'loop: ',
      'block:',
      'rescue:',
      'include_tasks: x.yaml',
      'vars_files: [x.yaml]',
      'register: ',
      '"{{r.stdout}}"',
      'become: ',
      'serial: ',
      'notify: ',
      'tags: ',
      'delegate_to: ',
      'template: {src: ../../../etc/hostname, dest: /x}',
    ],
    refuses: templates,
    async run(input) {
      const { told } = await load({
        'site.yaml': input.toString('utf8'),
        'inventory.yaml': 'all: {hosts: {web1: {a: 2}}}',
      });
      return told === '';
    },
  },
  {
    name: 'a template',
    seeds: [
      '{{name}} {{#each list}}{{this}}{{@index}}{{/each}} {{map.b.c}} {{#if (eq number 5)}}x{{else}}y{{/if}} {{again}}',
      '{{default nothing "x"}} {{join list ","}} {{{name}}} {{!-- c --}}',
    ],
    words: [
      '{{constructor}}',
      '{{__proto__}}',
      '{{lookup map "constructor"}}',
      '{{#with map}}',
      '{{/with}}',
      '{{> x}}',
      '{{* x}}',
      '{{this.constructor.constructor}}',
      '(concat "a" name)',
      '../',
      '@root',
      '[a b]',
      'as |x|',
    ],
    refuses: templates,
    run(input) {
      const text = input.toString('utf8');
      const rendered = renderText(text, scope);
      promise(!/\[native code\]|function Function/.test(rendered), 'a function was read', rendered);
      renderValue({ a: [text] }, scope);
      return true;
    },
  },
  {
    name: 'a condition',
    seeds: ['eq number 5', 'and (eq name "web") (not nothing)', '{{number}}'],
    words: ['(eq ', ')', ' and ', ' or ', 'not ', ' is defined', ' | default("x")', 'constructor', '==', ' in ', '[0]'],
    refuses: templates,
    run(input) {
      const text = input.toString('utf8');
      translateJinja(text);
      evaluateCondition(text, scope);
      return true;
    },
  },
  {
    name: 'a Python literal',
    seeds: ['{"a": [1, 2.5, None, True, (1, 2)], \'b\': "x\\u00e9\\n"}', '0x1f', '1_000'],
    words: ['None', '(', ')', '0b1', '1e400', "'''", '\\N{DASH}', 'b"x"', '{1, 2}', '__proto__', '1j'],
    refuses: never,
    run: (input) => pythonLiteral(input.toString('utf8')) !== undefined,
  },
  {
    name: 'variables of the command line',
    seeds: ['a=1 b="two words"', '{"a": [1, {"b": 2}]}', '{a: b}'],
    words: ['=', '"', '{{x}}', '__proto__=', '{"__proto__": {"polluted": 1}}'],
    refuses: never,
    run(input) {
      const text = input.toString('utf8').replace(/^@/, '');
      const diagnostics = new Diagnostics();
      parseExtraVars([text], diagnostics);
      promise(!('polluted' in {}), 'every object was changed', '');
      return diagnostics.all.length === 0;
    },
  },
  {
    name: 'a vault',
    seeds: [
      writeEnvelope({ label: undefined, sealed: seal(Buffer.from('x: 1\n'), 'pw', Buffer.alloc(32)) }),
      writeEnvelope({ label: 'prod', sealed: seal(Buffer.from('y'), 'pw', Buffer.alloc(32)) }),
    ],
    words: ['$ANSIBLE_VAULT;1.1;AES256\n', ';1.2;AES256;', '0a', '\r\n', 'zz'],
    refuses: never,
    run(input) {
      const text = input.toString('utf8');
      const envelope = readEnvelope(text);
      if ('problem' in envelope) return false;
      const again = readEnvelope(writeEnvelope(envelope));
      promise(
        'sealed' in again && again.sealed.ciphertext.equals(envelope.sealed.ciphertext),
        'read again it differs',
        text,
      );
      return true;
    },
  },
]);
