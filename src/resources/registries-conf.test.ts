import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { mergeRegistries } from './registries-conf.js';

const hub = { of: 'docker.io', location: 'mirror:5000', insecure: true };

describe('registries of podman', () => {
  it('are written as tables of version 2', () => {
    const merged = mergeRegistries('', { insecure: ['a:5000', '*.lab'], mirrors: [hub] });
    expect(typeof merged === 'string' ? merged : merged.text).toMatchInlineSnapshot(`
      "# Registries of podman and its kin; managed by provision.

      [[registry]]
      location = "a:5000"
      insecure = true

      [[registry]]
      prefix = "*.lab"
      insecure = true

      [[registry]]
      location = "docker.io"

      [[registry.mirror]]
      location = "mirror:5000"
      insecure = true
      "
    `);
    expect(parse(typeof merged === 'string' ? merged : merged.text)).toHaveProperty('registry');
  });

  it('are added behind what others wrote, which stays byte for byte', () => {
    const others = `# ours\n[[registry]]\n  location = 'b:1'  # theirs\ninsecure=true`;
    expect(mergeRegistries(others, { insecure: ['b:1', 'a:5000'], mirrors: [] })).toEqual({
      text: `${others}\n\n[[registry]]\nlocation = "a:5000"\ninsecure = true\n`,
      summary: 'added a:5000',
      overwrites: false,
    });
    expect(mergeRegistries(others, { insecure: ['b:1'], mirrors: [] })).toEqual({
      text: others,
      summary: '',
      overwrites: false,
    });
  });

  it('overwrite where one is there that means something else', () => {
    const secure = `[[registry]]\nlocation = "a:1"\n\n[[registry.mirror]]\nlocation = "m"\n\n[[registry]]\nlocation = "b:1"\n`;
    expect(mergeRegistries(secure, { insecure: ['a:1'], mirrors: [] })).toEqual({
      text: `[[registry]]\nlocation = "b:1"\n\n[[registry]]\nlocation = "a:1"\ninsecure = true\n`,
      summary: 'replaced a:1',
      overwrites: true,
    });
  });

  it.each([
    ['[registries.search]\nregistries = ["a"]\n[[registry]', /^: /],
    ['registry = 1\n', /tables/],
  ])('are not guessed at: %j', (text, why) => {
    expect(mergeRegistries(text, { insecure: ['a:1'], mirrors: [] })).toMatch(why);
  });
});
