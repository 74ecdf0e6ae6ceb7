import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { canary, jinjaCorpus } from '../../../../test/hostile/template-corpus.js';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { renderTemplate, type Substitutions } from './render-template.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-template-'));
afterAll(() => rmSync(folder, { recursive: true }));

const given: Substitutions = { namespace: 'docker.io/tripleo', tag: 'current', driver: null, on: true, off: false };

/** Renders a template, with its errors as `file:line:column message (hint)`. */
function render(text: string, values: Substitutions = given, includes = true) {
  const diagnostics = new Diagnostics();
  const template = { file: join(folder, 'images.j2'), text, folder: includes ? folder : undefined };
  const entries = renderTemplate(template, values, diagnostics);
  const errors = diagnostics.all.map(({ place, message, hint }) => {
    const where = `${place?.file.replace(`${folder}/`, '')}:${place?.line}:${place?.column}`;
    return `${where} ${message}${hint === undefined ? '' : ` (${hint})`}`.replaceAll(folder, 'FOLDER');
  });
  return { images: entries?.map(({ imagename }) => imagename), errors: errors.join('\n') };
}

const list = 'container_images_template:\n- imagename: "r/n/a:1"\n';
const errorOf = (statement: string) => render(`${list}# ${statement}\n`).errors;
const image = (expression: string, values = given) =>
  render(`container_images_template:\n- imagename: "r/n/${expression}"\n`, values).images?.[0];

describe('a template of images is data', () => {
  const kinds = [...new Set(jinjaCorpus.map(({ kind }) => kind))];

  it.each(kinds)('refuses hostile templates where they stand: %s', (kind) => {
    const taken = jinjaCorpus
      .filter((entry) => entry.kind === kind)
      .filter(({ text }) => !/^images\.j2:[34]:\d+ \S/.test(errorOf(text)) || Object.hasOwn(globalThis, canary));
    expect(taken).toEqual([]);
  });

  it('refuses what it has no use for before anything is rendered, in branches that are not taken too', () => {
    expect(errorOf('{% if false %}{{ nowhere }}{% endif %}')).toBe('');
    expect(errorOf('{{ nowhere }}{% if false %}{{ range.constructor }}{% endif %}')).toMatchInlineSnapshot(
      `"images.j2:3:39 a template of images has no use for constructor (names, texts in quotes, ==, "in" with a list, if, for, set and include are enough)"`,
    );
  });

  it('gives names no value that nothing gave them', () => {
    for (const name of [
      'range',
      'cycler',
      'joiner',
      'loop',
      'self',
      'constructor',
      '__proto__',
      'toString',
      'valueOf',
    ]) {
      expect(errorOf(`{{ ${name} }}`)).toContain(`the template uses ${name}, which is not set`);
      expect(image(`a{% if ${name} is defined or ${name} %}x{% endif %}`)).toBe('r/n/a');
    }
  });

  it('takes names of prototypes that a list gives as names like others', () => {
    const values = Object.fromEntries(
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) => [name, `of-${name.toLowerCase()}`]),
    );
    expect(image('{{ __proto__ }}.{{ constructor }}.{{ toString }}.{{ hasOwnProperty }}', values)).toBe(
      'r/n/of-__proto__.of-constructor.of-tostring.of-hasownproperty',
    );
  });

  it('takes no substitution that would make another entry of the list', () => {
    const text = 'container_images_template:\n- imagename: {{ namespace }}/a:{{ tag }}\n';
    const other = { namespace: 'docker.io/t', tag: '1\n- imagename: evil.example/x' };
    expect(render(text, other)).toMatchInlineSnapshot(`
      {
        "errors": "images.j2:2:35 tag is "1\\n- imagename: evil.example/x", which is no part of an image's name (letters of a to z, digits and _ . : / @ + - [ ] are what names of images are made of)",
        "images": undefined,
      }
    `);
    for (const tag of ['1" x', '1 # y', "1'", 'a, b', '{a: b}', '&a', '*a', '!t', '| ', '\u2028', '1\r2', '\ud800'])
      expect(render(text, { ...other, tag }).images).toBeUndefined();
    expect(render(text, { namespace: '[2001:db8::1]:5000/t', tag: 'v1.2_3-rc+4' }).images).toBeUndefined();
    const quoted = text.replace(/: (\{.*)/, ': "$1"');
    expect(render(quoted, { namespace: '[2001:db8::1]:5000/t', tag: 'v1.2_3-rc+4' }).images).toEqual([
      '[2001:db8::1]:5000/t/a:v1.2_3-rc+4',
    ]);
  });
});

describe('a template of images has an end', () => {
  const deep = (open: string, inside: string, close: string) => open.repeat(100_000 / open.length) + inside + close;
  it.each([
    ['parentheses', `{{ ${deep('(', 'tag', '')}`],
    ['lists', `{{ ${deep('[', 'tag', '')}`],
    ['fallbacks', `{{ ${deep('tag|default(', 'tag', '')}`],
    ['conditions', `{{ ${deep('tag if on else ', 'tag', '')} }}`],
    ['blocks', deep('{% if on %}', 'x', '')],
    ['loops', deep('{% for x in [1] %}', 'x', '')],
    ['calls', `{{ tag${deep('.startswith("c")', '', '')} }}`],
  ])('refuses %s that stand in each other without end', (_, text) => {
    expect(errorOf(text)).toMatch(/^images\.j2:3:\d+ (this stands deeper than 50 levels|.* more than 50 calls)/);
  });

  it.each([
    ['not', `{{ ${'not '.repeat(20_000)}tag }}`],
    ['and', `{{ ${'on and '.repeat(20_000)}tag }}`],
    ['+', `{{ ${'"" + '.repeat(20_000)}tag }}`],
    ['elif', `{% if off %}${'{% elif off %}'.repeat(10_000)}{% endif %}`],
  ])('takes many of %s beside each other', (_, text) => {
    expect(errorOf(text)).toBe('');
  });

  it('counts its steps, and the letters that it makes', () => {
    const many = `[${'1,'.repeat(1000)}]`;
    const loops = `{% set l = ${many} %}{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}`;
    const doubled = `{% set a = "x" %}${'{% set a = a + a %}'.repeat(60)}`;
    const written = `{% set l = ${many} %}{% for a in l %}{% for b in l %}{{ "0123456789" }}{% endfor %}{% endfor %}`;
    const compared = `{% set l = ${many} %}{% for a in l %}{% for b in l %}{% if b in l %}{% endif %}{% endfor %}{% endfor %}`;
    expect([loops, doubled, written, compared, 'x'.repeat(300_000)].map(errorOf)).toMatchInlineSnapshot(`
      [
        "images.j2:3:2063 the template takes more than 500000 steps",
        "images.j2:3:282 + makes a text of more than 10000 characters",
        "images.j2:3:2054 the template makes more than 262144 characters",
        "images.j2:3:2057 the template takes more than 500000 steps",
        "images.j2:1:1 a template of images has at most 262144 characters",
      ]
    `);
  });

  it('reads long stretches of blanks, and what is not closed behind them, once', () => {
    expect(errorOf(`${' '.repeat(200_000)}x {%- if on %}{% endif %}`)).toBe('');
    expect(errorOf(`{% raw %}${'{% '.repeat(60_000)}`)).toContain('no use for {% raw %}');
    expect(errorOf('{'.repeat(200_000))).toContain('no use for {');
    expect(errorOf(`{{ "${'\\\\'.repeat(100_000)}`)).toContain('" is not closed');
  });
});

describe("what TripleO's templates use of Jinja2", () => {
  it('gives what Python gives', () => {
    const made = [
      '{{ "a" if driver == None and driver == none else "b" }}',
      '{% if not nowhere %}a{% endif %}',
      '{% if on and not off and on == True and off == false %}a{% endif %}',
      '{{ nowhere|default("a") }}{{ tag | default(nowhere) }}',
      '{% if driver is defined and nowhere is not defined %}a{% endif %}',
      '{{ driver or "a" }}{{ "" or 0 or "b" }}{{ "a" and "b" }}',
      '{% set x = tag or "none" %}{% if x.endswith("ent") and not x.startswith("-") %}{{ "-" + x + "-" }}{% endif %}',
      '{% for x in ["a", "b",] %}{% set tag = x %}{{ tag }}{% endfor %}{{ tag }}',
      '{% if tag in ["current", "x"] and "y" not in [] %}a{% else %}b{% endif %}',
      '{% if 1 < 2 and "a" <= "b" and 2 > 1 and "b" >= "a" and 1 != 2 %}a{% endif %}',
      '{% if [] or "" or 0 or none %}a{% elif (off or on) %}b{% else %}c{% endif %}',
      '{{ not not on }}{{ off }}{{ 10 }}{{ "" if off }}',
      "{{ 'a' \n }}{# {{ no }} #}{#- x -#} b {{- 'c' -}}\n d",
      'a \n {%- if on -%} \n b \n {%- endif -%} \n c',
    ];
    expect(made.map((text) => image(text)?.slice('r/n/'.length))).toMatchInlineSnapshot(`
      [
        "a",
        "a",
        "a",
        "acurrent",
        "a",
        "abb",
        "-current-",
        "abcurrent",
        "a",
        "a",
        "b",
        "TrueFalse10",
        "abcd",
        "abc",
      ]
    `);
  });

  it('says what has no value where one is needed', () => {
    const statements = [
      '{{ driver }}',
      '{{ nowhere.startswith("a") }}',
      '{{ "a" + driver }}',
      '{{ on.startswith("a") }}',
      '{{ "a" < 1 }}',
      '{{ "a" in "abc" }}',
      '{{ ["a"] in ["a"] }}',
      '{{ none or none }}',
    ];
    expect(statements.map(errorOf)).toMatchInlineSnapshot(`
      [
        "images.j2:3:6 the template uses driver, which is not set (give it with --set driver=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)",
        "images.j2:3:6 the template uses nowhere, which is not set (give it with --set nowhere=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)",
        "images.j2:3:12 the template uses driver, which is not set (give it with --set driver=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)",
        "images.j2:3:6 expected a text, found true or false",
        "images.j2:3:6 < compares two texts or two numbers, found a text and a number",
        "images.j2:3:13 "in" looks into a list, found a text",
        "images.j2:3:6 "in" looks for a text, found a list",
        "images.j2:3:6 this has no value",
      ]
    `);
  });

  it('says where in the template stands what it made', () => {
    const text = '# {{ tag }}\ncontainer_images_template:\n- imagename: "a"\n- image: "{{ namespace }}"\n';
    expect(render(text).errors).toMatchInlineSnapshot(
      `"images.j2:4:3 what the template makes is no list of images: container_images_template[1] needs "imagename" (text)"`,
    );
    expect(render('container_images_template:\n- imagename: [{{ tag }}\n- b').errors).toMatchInlineSnapshot(
      `"images.j2:3:1 what the template makes cannot be read: YAML: flow sequence in block collection must be sufficiently indented and end with a ] (check the indentation, and quote text that holds ": " or begins with { or [)"`,
    );
  });
});

describe('what a template includes', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const including = (name: string) => render(`${list}{% include '${name}' %}\n`);

  it('is the file that lies beside it, with the names that it has there', () => {
    write('ceph.j2', '{% set x = tag %}- imagename: "r/n/ceph:{{ x }}"\n');
    expect(including('ceph.j2').images).toEqual(['r/n/a:1', 'r/n/ceph:current']);
    expect(render(`${list}{% include 'ceph.j2' %}# {{ x }}`).errors).toContain('x, which is not set');
    const unread = render(`${list}{% include 'ceph.j2' %}`, given, false);
    expect(unread.errors).toMatchInlineSnapshot(
      `"images.j2:3:12 "ceph.j2" is not included: the template is no file of this machine"`,
    );
  });

  it('is read with the same care, and its errors stand in it', () => {
    write('deeper.j2', 'a\n  {{ range.constructor }}\n');
    write('hostile.j2', "\n{% include 'deeper.j2' %}");
    expect(including('hostile.j2').errors).toMatchInlineSnapshot(
      `"deeper.j2:2:12 a template of images has no use for constructor (names, texts in quotes, ==, "in" with a list, if, for, set and include are enough)"`,
    );
    write('unset.j2', '# {{ nowhere }}');
    expect(including('unset.j2').errors).toMatchInlineSnapshot(
      `"unset.j2:1:6 the template uses nowhere, which is not set (give it with --set nowhere=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)"`,
    );
  });

  it('leads nowhere else', () => {
    const outside = mkdtempSync(join(tmpdir(), 'provision-outside-'));
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(join(outside, 'secret'), join(folder, 'link.j2'));
    symlinkSync('ceph.j2', join(folder, 'beside.j2'));
    symlinkSync('/dev/zero', join(folder, 'zero.j2'));
    mkdirSync(join(folder, 'folder.j2'));
    write('images.j2', "{% include 'images.j2' %}");
    write('itself.j2', "{% include 'itself.j2' %}");
    write('again.j2', "{% include 'images.j2' %}");
    write('long.j2', 'x'.repeat(300_000));
    const names = [
      'link.j2',
      'zero.j2',
      'folder.j2',
      'images.j2',
      'itself.j2',
      'again.j2',
      'long.j2',
      'ceph.j2/../link.j2',
    ];
    expect(names.map((name) => including(name).errors)).toMatchInlineSnapshot(`
      [
        "images.j2:3:12 "link.j2" is a link that leads out of its folder (name a file that lies beside FOLDER/images.j2)",
        "images.j2:3:12 "zero.j2" is a link that leads out of its folder (name a file that lies beside FOLDER/images.j2)",
        "images.j2:3:12 "folder.j2" cannot be included: it is no regular file (name a file that lies beside FOLDER/images.j2)",
        "images.j2:3:12 "images.j2" would include itself",
        "itself.j2:1:12 "itself.j2" would include itself",
        "again.j2:1:12 "images.j2" would include itself",
        "images.j2:3:12 "long.j2" cannot be included: it has more than 256 KiB: split it (name a file that lies beside FOLDER/images.j2)",
        "images.j2:3:12 "ceph.j2/../link.j2" is no name of a file (name a file that lies beside FOLDER/images.j2)",
      ]
    `);
    expect(including('beside.j2').images).toHaveLength(2);
    rmSync(outside, { recursive: true });
  });

  it('is not more than a few files', () => {
    for (const depth of [1, 2, 3, 4]) write(`${depth}.j2`, `{% include '${depth + 1}.j2' %}`);
    write('5.j2', '');
    expect(including('1.j2').errors).toMatchInlineSnapshot(`"3.j2:1:12 templates include each other at most 3 deep"`);
    expect(render(`${list}${"{% include '5.j2' %}".repeat(21)}`).errors).toMatchInlineSnapshot(
      `"images.j2:3:412 a template includes at most 20 others"`,
    );
  });
});
