import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { refuseFilesBeside } from './registries-beside.js';
import { registries_conf } from './registries-conf.js';
import { mergeRegistries } from './registries-text.js';

const a = { location: 'a:5000', insecure: true };
const hub = { location: 'docker.io', mirror: [{ location: 'mirror:5000', insecure: true }] };
const merge = (text: string, ...registries: (typeof a | typeof hub | { location: string; insecure: boolean })[]) =>
  mergeRegistries(text, { settings: {}, registries });

describe('registries of podman', () => {
  it('are added behind what others wrote, which stays byte for byte', () => {
    const others = `# ours\n[[registry]]\n  location = 'b:1'  # theirs\ninsecure=true`;
    const b = { location: 'b:1', insecure: true };
    const added = `${others}\n\n[[registry]]\nlocation = "a:5000"\ninsecure = true\n`;
    expect(merge(others, b, a)).toEqual({ text: added, summary: 'added a:5000', overwrites: false });
    expect(merge(others, b)).toEqual({ text: others, summary: '', overwrites: false });
    expect(merge(added, b, a)).toEqual({ text: added, summary: '', overwrites: false });
  });

  it('take over what they lack, and stay where they are', () => {
    const text =
      '[[registry]]\nlocation = "docker.io"\n\n[[registry.mirror]]\nlocation = "m"\n\n# more\n[aliases]\nx = "y/x"\n';
    const merged = merge(text, hub);
    expect(merged).toMatchObject({ summary: 'replaced docker.io', overwrites: false });
    expect(typeof merged === 'string' ? merged : merged.text).toMatchInlineSnapshot(`
      "[[registry]]
      location = "docker.io"

      [[registry.mirror]]
      location = "m"

      [[registry.mirror]]
      location = "mirror:5000"
      insecure = true

      # more
      [aliases]
      x = "y/x"
      "
    `);
  });

  it.each([
    ['another order of mirrors overwrites', ['a', 'b'], ['b', 'a'], ['b', 'a'], true],
    ['mirrors of others stay where they are', ['a', 'x', 'b'], ['b', 'a'], ['b', 'x', 'a'], true],
    [
      'a new mirror comes where it is wanted, and overwrites nothing',
      ['a', 'b'],
      ['c', 'a', 'b'],
      ['c', 'a', 'b'],
      false,
    ],
    ['a new mirror behind comes last', ['x', 'a'], ['a', 'c'], ['x', 'a', 'c'], false],
  ])('%s', (_, present, wanted, expected, overwrites) => {
    const mirror = (names: readonly string[]) => ({ location: 'r', mirror: names.map((location) => ({ location })) });
    const merged = mergeRegistries(stringify({ registry: [mirror(present)] }), {
      settings: {},
      registries: [mirror(wanted)],
    });
    if (typeof merged === 'string') throw new Error(merged);
    expect(parse(merged.text)).toEqual({ registry: [mirror(expected)] });
    expect(merged.overwrites).toBe(overwrites);
  });

  it('overwrite where one is there that means something else', () => {
    const secure = `[[registry]]\nlocation = "a:5000"\ninsecure = false\n\n[[registry]]\nlocation = "b:1"\n`;
    expect(merge(secure, a)).toEqual({
      text: secure.replace('false', 'true'),
      summary: 'replaced a:5000',
      overwrites: true,
    });
  });

  it('have settings of the whole ahead of them', () => {
    const settings = { 'unqualified-search-registries': ['a:5000'], 'short-name-mode': 'enforcing' };
    const text = `# ours\nshort-name-mode = "permissive"\n[[registry]]\nlocation = "a:5000"\n`;
    expect(mergeRegistries(text, { settings, registries: [] })).toEqual({
      text: `# ours\nshort-name-mode = "enforcing"\nunqualified-search-registries = ["a:5000"]\n[[registry]]\nlocation = "a:5000"\n`,
      summary: 'added unqualified-search-registries; replaced short-name-mode',
      overwrites: true,
    });
  });

  it.each([
    ['[[registry', /^:1:\d+: is not TOML: /],
    ['registry = 1\n', /tables/],
    ['registry = [{location = "b:1"}]\n', /unusual way/],
  ])('are not guessed at: %j', (text, why) => {
    expect(merge(text, a)).toMatch(why);
  });
});

describe('registries_conf', () => {
  const task = registries_conf({
    registries: [
      { registry: 'a:5000', insecure: true },
      { registry: '*.lab', blocked: true },
      { registry: 'docker.io', location: 'cache:5000/hub', mirrors: [{ registry: 'm:1', insecure: true }] },
    ],
    search: ['a:5000', 'docker.io'],
    short_name_mode: 'enforcing',
  });
  const folder = '/etc/containers/registries.conf.d';
  const file = (text: string) =>
    `stat ${Buffer.byteLength(text)}|644|0|0|regular file|root|root\ncontent ${encoded(text)}\n`;
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const beside = (path: string, text: string) => `beside ${encoded(path)}\ntext ${encoded(text)}\n`;
  const files = {
    template: (src: string) => fileURLToPath(new URL(`../../../../templates/${src}`, import.meta.url)),
  };
  const planned = (said: string) => planFrom(task, `${said}end yes\n`, { files });
  const made = () => {
    const plan = planned('');
    return plan.verdict === 'change' ? (plan.diff?.after ?? '') : '';
  };

  it('is made from the template', () => {
    expect(made()).toMatchInlineSnapshot(`
      "# Registries of podman, buildah, skopeo and cri-o; managed by provision.
      unqualified-search-registries = ["a:5000","docker.io"]
      short-name-mode = "enforcing"

      [[registry]]
      location = "a:5000"
      insecure = true

      [[registry]]
      prefix = "*.lab"
      blocked = true

      [[registry]]
      prefix = "docker.io"
      location = "cache:5000/hub"

      [[registry.mirror]]
      location = "m:1"
      insecure = true
      "
    `);
    expect(parse(made())).toHaveProperty('registry');
    expect(planned(file(made())).verdict).toBe('ok');
  });

  it('refuses a main file of version 1, and one that is no TOML', () => {
    expect(
      planned(beside('/etc/containers/registries.conf', `# ours\n\n[registries.search]\nregistries = ['docker.io']\n`)),
    ).toMatchInlineSnapshot(`
      {
        "hint": "write it in version 2: unqualified-search-registries = […], [[registry]] with location, insecure, blocked",
        "message": "/etc/containers/registries.conf:3: [registries.search] is of version 1 of the format: it cannot be mixed with files in registries.conf.d, which are of version 2",
        "verdict": "refused",
      }
    `);
    expect(planned(beside('/etc/containers/registries.conf', 'x = \n'))).toMatchInlineSnapshot(`
      {
        "message": "/etc/containers/registries.conf:1:5: is not TOML: invalid value",
        "verdict": "refused",
      }
    `);
    expect(planned(beside('/etc/containers/registries.conf', 'short-name-mode = "permissive"\n')).verdict).toBe(
      'change',
    );
  });

  it('says where a later file has the last word', () => {
    const other = '[[registry]]\nlocation = "a:5000"\ninsecure = false\n';
    expect(planned(file(made()) + beside(`${folder}/10-early.conf`, other)).verdict).toBe('ok');
    expect(planned(file(made()) + beside(`${folder}/99-late.conf`, other))).toMatchInlineSnapshot(`
      {
        "hint": "remove the registry from it: it is read after 90-provision.conf and wins",
        "summary": "/etc/containers/registries.conf.d/99-late.conf has other settings for a:5000",
        "verdict": "kept",
      }
    `);
  });
});

describe('a name that podman refuses all its configuration for', () => {
  const messages = (params: z.input<typeof registries_conf.params>) =>
    registries_conf.params.safeParse(params).error?.issues.map(({ message }) => message.split(':')[0]) ?? [];

  it.each<[z.input<typeof registries_conf.params>, string]>([
    [{ registries: [{ registry: 'https://x.example' }] }, 'must be a registry without a scheme'],
    [{ registries: [{ registry: 'x', location: 'HTTP://y' }] }, 'must be a registry without a scheme'],
    [{ registries: [{ registry: 'x', mirrors: [{ registry: 'https://m' }] }] }, 'must be a registry without a scheme'],
    [{ registries: [{ registry: '*.x.example/team' }] }, 'must be *.example.com'],
    [{ registries: [{ registry: '*.x.example:5000' }] }, 'must be *.example.com'],
    [{ registries: [{ registry: 'x', mirrors: [{ registry: '*.m' }] }] }, '*.domain is a pattern of names'],
    [{ search: ['a/b'] }, 'must be host or host'],
    [{ search: ['*.b'] }, '*.domain is a pattern of names'],
    [
      { registries: [{ registry: 'p', location: 'a', insecure: true }, { registry: 'a' }] },
      'contains a twice, with and without insecure',
    ],
  ])('is refused at home: %j', (params, message) => {
    expect(messages(params)[0]).toContain(message);
  });

  it.each<[z.input<typeof registries_conf.params>]>([
    [
      {
        registries: [
          { registry: '*.x_y.example', blocked: true },
          { registry: '[fd00::1]:5000', insecure: true },
        ],
      },
    ],
    [
      {
        registries: [
          { registry: 'a', insecure: true },
          { registry: 'a', mirrors: [{ registry: 'm:1/ns' }] },
        ],
      },
    ],
    [{ search: ['docker.io', 'a:5000'] }],
  ])('is not found in %j', (params) => {
    expect(messages(params)).toEqual([]);
  });

  it('is removed by a corrected site, without force, and refused in a file beside ours with its line', () => {
    const bad = '# ours\n[[registry]]\nlocation = "https://x"\ninsecure = true\n\n[[registry]]\nlocation = "b"\n';
    expect(mergeRegistries(bad, { settings: {}, registries: [{ location: 'x', insecure: true }] })).toEqual({
      text: '# ours\n[[registry]]\nlocation = "b"\n\n[[registry]]\nlocation = "x"\ninsecure = true\n',
      summary: 'added x; removed, as podman refuses it: https://x',
      overwrites: false,
    });
    expect(refuseFilesBeside(new Map([['/etc/containers/registries.conf', bad]]), 'x')).toMatchObject({
      message: expect.stringMatching(
        /^\/etc\/containers\/registries\.conf:3: https:\/\/x: must be a registry without a/,
      ),
    });
  });
});
