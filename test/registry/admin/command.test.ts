import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenedRegistry, openRegistry } from '../../../src/registry/client/open.js';
import { installed } from '../proxy/start-registry.js';
import { amd64, arm64, pushImage, pushIndex } from './push-image.js';
import { runCommand } from './run-command.js';
import { type RegistryOfTest, startWith } from './start-with.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
describe.skipIf(!there)('provision registry', () => {
  let server: RegistryOfTest;
  let registry: OpenedRegistry;
  let host: string;
  beforeAll(async () => {
    server = await startWith();
    host = server.host;
    registry = openRegistry({ host });
    for (const number of [1, 2, 3]) {
      const created = `2026-0${number}-01T00:00:00Z`;
      await pushImage(registry, 'team/web', [`1.${number}`], { content: `web ${number}`.padEnd(2000), created });
    }
    await pushIndex(
      registry,
      'team/multi',
      ['latest'],
      [
        { content: 'multi amd64', platform: amd64, created: '2026-05-01T00:00:00Z' },
        { content: 'multi arm64', platform: arm64, created: '2026-05-02T00:00:00Z' },
      ],
    );
  });
  afterAll(async () => {
    await registry?.close();
    await server?.close();
  });
  /** Output with what differs from run to run taken out. */
  const run = async (...words: string[]) => {
    const { status, stdout, stderr } = await runCommand(...words.map((word) => word.replace('HOST', host)));
    const stable = (text: string) => text.replaceAll(host, 'HOST').replace(/in \d+ ms/, 'in N ms');
    return `${stable(stdout)}${stable(stderr)}exit ${status}`;
  };
  const json = async (...words: string[]): Promise<unknown> => {
    const { stdout } = await runCommand(...words.map((word) => word.replace('HOST', host)), '--json');
    return JSON.parse(stdout);
  };

  test('looking', async () => {
    expect(await run('ping', 'HOST')).toMatchInlineSnapshot(`
      "HOST answers by http, in N ms; it needs no account
      exit 0"
    `);
    expect(await run('ls', 'http://HOST')).toMatchInlineSnapshot(`
      "team/multi
      team/web
      exit 0"
    `);
    expect(await run('ls', 'HOST/other')).toMatchInlineSnapshot(`
      "error: HOST has no repositories below other
      exit 2"
    `);
    expect(await run('tags', 'HOST/team/web', '--long')).toMatchInlineSnapshot(`
      "1.1  sha256:6fcf4752cd15  2.1 kB  2026-01-01  linux/amd64
      1.2  sha256:68f63741881f  2.1 kB  2026-02-01  linux/amd64
      1.3  sha256:93fa864818e7  2.1 kB  2026-03-01  linux/amd64
      exit 0"
    `);
    expect(await run('search', 'HOST', 'TEAM', '-n', '1')).toMatchInlineSnapshot(`
      "team/multi
      page 1 of 2, 2 in all
      exit 0"
    `);
    expect(await run('inspect', 'HOST/team/multi')).toMatchInlineSnapshot(`
      "image    HOST/team/multi:latest
      digest   sha256:f679d4cddace014f20ca9312b7477b8236c16a6b02998d4c1f6edbce25e6799a
      type     application/vnd.oci.image.index.v1+json
      size     231 B
      created  2026-05-02T00:00:00.000Z
      platforms
        linux/amd64     sha256:b1b7b19cd507d74f127006d64b642890e69c20f244c3a502a3aee7b41ad108fb  108 B  1 layer  2026-05-01
        linux/arm64/v8  sha256:99a0aeb2c8d725f8fa5d8cfb3f41bfc2affad1b265b5c0727653c52b718082b2  123 B  1 layer  2026-05-02
      exit 0"
    `);
  });

  test('as JSON', async () => {
    expect(await json('ls', 'HOST')).toEqual({ registry: host, repositories: ['team/multi', 'team/web'] });
    expect(await json('tags', 'HOST/team/web')).toMatchObject({ tags: ['1.1', '1.2', '1.3'] });
    expect(await json('search', 'HOST', 'web')).toMatchObject({ num_results: 1, results: [{ name: 'team/web' }] });
    expect(await json('inspect', 'HOST/team/multi')).toMatchObject({ platforms: [{ layers: 1 }, { layers: 1 }] });
  });

  test('copy, tag, rm', async () => {
    const other = `HOST/mirror/web@sha256:${'0'.repeat(64)}`;
    expect(await run('copy', 'HOST/team/web:1.1', other)).toContain(
      'the copy has the digest of the source, not one of its own',
    );
    expect(await run('copy', '--platform', 'linux', 'HOST/team/web:1.1', 'HOST/mirror/web')).toContain(
      'It must be os/arch or os/arch/variant',
    );
    expect(await run('copy', 'HOST/team/web:1.1', 'HOST/mirror/web')).toMatch(
      /^copied +mirror\/web:1\.1 sha256:.*exit 0$/s,
    );
    expect(await run('tag', 'HOST/mirror/web:1.1', 'stable')).toMatch(/^HOST\/mirror\/web:stable is now sha256:/);
    expect(await run('tag', 'HOST/mirror/web:1.1', 'stable')).toMatch(
      /^HOST\/mirror\/web:stable is sha256:\w+ already/,
    );
    expect((await run('rm', 'HOST/mirror/web:stable')).replace(/sha256:\w+/, 'DIGEST')).toMatchInlineSnapshot(`
      "deleted HOST/mirror/web:stable (DIGEST); 1.1 still name the same image
      exit 0"
    `);
    expect(await run('rm', 'HOST/mirror/web:stable')).toMatchInlineSnapshot(`
      "error: HOST/mirror/web:stable is not there
      exit 2"
    `);
    expect(await run('rm', 'HOST/mirror/web')).toMatchInlineSnapshot(`
      "error: HOST/mirror/web has no tag: "latest" is not assumed here
        write HOST/mirror/web:TAG; \`provision registry tags HOST/mirror/web\` lists them
      exit 1"
    `);
  });

  test('retain says what it would do, and does it when told', async () => {
    expect(await run('retain', 'HOST/team/web', '--newest', '2')).toMatchInlineSnapshot(`
      "HOST/team/web: 1 to delete, 2 stay
        delete  1.1  2026-01-01  no rule keeps it
        keep    1.2  2026-02-01  one of the 2 newest
        keep    1.3  2026-03-01  one of the 2 newest
      nothing was deleted: give --yes to do it
      exit 0"
    `);
    expect(await registry.tags('team/web')).toHaveLength(3);
    expect(await run('retain', 'HOST/team', '--deny', '*', '--yes')).toMatch(
      /error: no tag would be left of team\/multi, team\/web; nothing was deleted\n.*\nexit 1$/s,
    );
    expect(await run('retain', 'HOST/team/web', '--newest', '2', '--yes')).toMatch(/\n1 deleted, 0 failed\nexit 0$/);
    expect(await registry.tags('team/web')).toEqual(['1.2', '1.3']);
    expect(await run('retain', 'HOST/team/web')).toMatch(/^error: no rule says which tags to keep/);
  });

  test('errors', async () => {
    expect(await run('tags', 'HOST')).toMatchInlineSnapshot(`
      "error: "HOST": a repository is needed: REGISTRY/REPOSITORY
      exit 1"
    `);
    expect(await run('inspect', 'HOST/team/web:9')).toMatchInlineSnapshot(`
      "error: HOST/team/web: 9 is not there
      exit 2"
    `);
    expect(await run('tags', 'HOST/team/none')).toMatchInlineSnapshot(`
      "error: could not list the tags of HOST/team/none: there is no such repository
      exit 2"
    `);
    expect(await run('ls', 'user:secret@HOST')).toMatchInlineSnapshot(`
      "error: accounts are not written before HOST; use \`provision registry login\`
      exit 1"
    `);
    expect(await run('ls', 'HOST', '--creds', 'user:secret')).toMatchInlineSnapshot(`
      "error: --creds takes the user alone: a password in an argument is seen by others
        give the password on standard input with --password-stdin, or set PROVISION_REGISTRY_PASSWORD
      exit 1"
    `);
    expect(await run('ls', 'https://HOST', '--plain-http')).toMatchInlineSnapshot(`
      "error: https://HOST and --plain-http contradict each other: leave one out
      exit 1"
    `);
    expect(await run('ls', 'HOST', '--ca', '/nowhere.pem')).toMatchInlineSnapshot(`
      "error: --ca /nowhere.pem: no such file or directory
      exit 1"
    `);
    expect(await run('retain', 'HOST', '--younger-than', '3 days')).toContain('A time such as 12h, 30d or 8w');
  });

  test('nobody there: 4, soon', async () => {
    const { status, stderr } = await runCommand('ping', '127.0.0.1:9', '--timeout', '1');
    expect(stderr).toMatch(/^error: --timeout: not done after 1 s\n$/);
    expect(status).toBe(4);
  });
});
