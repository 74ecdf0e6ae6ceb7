import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inShort, readText } from '../../../../test/kit/lists/read-text.js';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../../diagnostics/secrets/session-secrets.js';
import { parseImageList } from '../read.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-regsync-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe("regsync's list", () => {
  it('gives images, trust and accounts, and says what has no meaning here', async () => {
    writeFileSync(join(folder, 'token'), 'opaque\n');
    const text = `version: 1
creds:
  - registry: depot:5000
    tls: disabled
  - registry: docker.io
    user: "{{env \\"HUB_USER\\"}}"
    pass: '{{ env "HUB_PASS" }}'
    repoAuth: true
  - {registry: quay.io, user: 0042, pass: 1234.50}
  - registry: registry.example.com
    token: "{{file \`${join(folder, 'token')}\`}}"
    regcert: |
      -----BEGIN CERTIFICATE-----
defaults:
  ratelimit: {min: 100, retry: 15m}
  parallel: 2
  interval: 60m
  backup: "bkup-{{env \\"HUB_USER\\"}}"
sync:
  - source: busybox:latest
    target: depot:5000/library/busybox:latest
    type: image
  - source: alpine
    target: depot:5000/library/alpine
    type: repository
    tags:
      allow: ["3", "3\\\\.\\\\d+", edge]
      deny: ["3\\\\.0"]
    platforms: [linux/amd64, linux/arm64]
    referrers: false
    digestTags: false
  - source: registry.example.com
    target: depot:5000/hub
    type: registry
    repos: {allow: ["team/.*"], deny: [".*/old"]}
    tags: {semverRange: [">=1.2 <2", "3.x"]}
    digestTags: true
  - source: ghcr.io/x/y:1
    target: depot:5000/x/y
    type: image
    platform: linux/amd64
    interval: 1h
  - source: ghcr.io/x/z
    target: depot:5000/x/z
    type: repository
    tagSets:
      - allow: [stable]
      - semverRange: [">=2"]
`;
    const { list, errors } = await readText(text, { env: { HUB_USER: 'jo', HUB_PASS: 'secret' } });
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "20: docker.io/library/busybox -> depot:5000/library/busybox | :latest=>latest
      23: docker.io/library/alpine -> depot:5000/library/alpine | allow /3/,/3\\.\\d+/,/edge/ deny /3\\.0/ semver - latest - | linux/amd64,linux/arm64 | attachments none
      32: registry.example.com/[/team/.*/ not /.*/old/] -> depot:5000/hub/{repository} | allow  deny  semver >=1.2 <2 || 3.x latest - | attachments all
      38: ghcr.io/x/y -> depot:5000/x/y | :1=>latest | linux/amd64
      43: ghcr.io/x/z -> depot:5000/x/z | allow /stable/ deny  semver - latest -
      43: ghcr.io/x/z -> depot:5000/x/z | allow  deny  semver >=2 latest -"
    `);
    expect([...(list?.credentials ?? [])]).toEqual([
      ['docker.io', { username: 'jo', password: 'secret' }],
      ['quay.io', { username: '0042', password: '1234.50' }],
      ['registry.example.com', { identityToken: 'opaque' }],
    ]);
    expect([...(list?.trust ?? [])]).toEqual([
      ['depot:5000', { scheme: 'http' }],
      ['registry.example.com', { ca: '-----BEGIN CERTIFICATE-----\n' }],
    ]);
    expect(list?.notices.join('\n')).toMatchInlineSnapshot(`
      "creds[1].repoAuth is ignored: tokens are requested for each repository always
      defaults.backup is ignored: no copy is kept of what a tag was before
      defaults.interval is ignored: run it from a timer
      defaults.parallel is ignored: how much is done at once adapts itself
      platform: the image itself is copied, as regsync does it; one whose index has an attestation of it stays in an index with that"
    `);
  });

  it('says which templates it does not know, and what they miss', async () => {
    const text = `version: 1
creds:
  - {registry: a.example, user: '{{ .Env.USER }}', pass: '{{env "NOBODY"}}'}
  - {registry: b.example, token: '{{file "/none/such"}}', regcert: '{{env "NOBODY" | quote}}'}
  - {registry: c.example, pass: '{{env "constructor"}}{{env "__proto__"}}', user: 'a{{env "A"'}
sync: []
`;
    expect((await readText(text, { env: { A: 'x' } })).errors).toMatchInlineSnapshot(`
      "3:33 creds[0].user: this template is not known here: env "NAME" and file "PATH" are
      3:58 creds[0].pass: the variable NOBODY of the environment is not set
      4:34 creds[1].token: cannot read /none/such: no such file or directory
      4:68 creds[1].regcert: this template is not known here: env "NAME" and file "PATH" are
      5:33 creds[2].pass: the variable constructor of the environment is not set
      5:83 creds[2].user: the template is not closed by }}"
    `);
  });

  it('puts variables and files into accounts alone, and gives no others away', async () => {
    writeFileSync(join(folder, 'kept'), 'kept to itself');
    const text = `version: 1
creds:
  - {registry: 'evil-{{env "TOKEN"}}.example', hostname: '{{env "TOKEN"}}', user: jo, pass: '{{env "TOKEN"}}'}
  - {registry: a.example, tls: '{{env "TOKEN"}}', backup: '{{env "TOKEN"}}'}
sync:
  - {source: 'R/leak/{{env "TOKEN"}}/{{file "${join(folder, 'kept')}"}}', target: 'a/{{.Sync.Source}}', type: image}
  - {source: a, target: b, type: repository, tags: {allow: ['{{env "TOKEN"}}']}, platforms: ['{{env "TOKEN"}}']}
`;
    const { list, errors } = await readText(text, { env: { TOKEN: 'tok123secret' } });
    expect(list).toBeUndefined();
    expect(errors).not.toMatch(/tok123|kept to itself/);
    expect(errors).toMatchInlineSnapshot(`
      "3:16 creds[0].registry: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      3:58 creds[0].hostname: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      4:32 creds[1].tls: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      6:14 sync[0].source: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      6:94 sync[0].target: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      7:61 sync[1].tags.allow[0]: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)
      7:94 sync[1].platforms[0]: only user, pass, token, regcert, clientCert and clientKey of creds may hold a template (write the value itself)"
    `);
  });

  it('fills in no template where the list does not say that it is regsync, or is no file of this machine', async () => {
    const text = (version: string) => `${version}creds: [{registry: r.example, pass: '{{env "TOKEN"}}'}]\nsync: []\n`;
    const options = { env: { TOKEN: 'tok123secret' } };
    expect((await readText(text(''), options)).errors).toMatchInlineSnapshot(
      `"1:37 creds[0].pass: only a list that says that it is regsync's may hold a template (write version: 1 at its top)"`,
    );
    expect((await readText(text('version: "1"\n'), options)).errors).toContain('write version: 1 at its top');
    const diagnostics = new Diagnostics();
    expect(parseImageList('of-a-host.yaml', text('version: 1\n'), {}, diagnostics)).toBeUndefined();
    expect(diagnostics.all.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "creds[0].pass: only a list that is a file of this machine may hold a template",
      ]
    `);
  });

  it('keeps what templates give out of all output', async () => {
    writeFileSync(join(folder, 'password'), 'of-a-file-82\r\n');
    const pass = `{{file "${join(folder, 'password')}"}}`;
    const text = `version: 1\ncreds: [{registry: r.example, user: '{{- env "HUB_USER" -}}', pass: '${pass}'}]\nsync: []\n`;
    const { list } = await readText(text, { env: { HUB_USER: 'user-of-hub-71' } });
    expect(list?.credentials.get('r.example')).toEqual({ username: 'user-of-hub-71', password: 'of-a-file-82' });
    expect(currentSecrets().redact('user-of-hub-71 of-a-file-82')).toBe('(secret) (secret)');
  });

  it('reads no device, pipe, folder or long file for an account', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'long'), 'x'.repeat(70_000));
    for (const [path, why] of [
      ['/dev/zero', 'it is no regular file'],
      [join(folder, 'pipe'), 'it is no regular file'],
      [folder, 'it is no regular file'],
      [join(folder, 'long'), 'it has more than 64 KiB: split it'],
    ]) {
      const text = `version: 1\ncreds: [{registry: r.example, token: '{{file "${path}"}}'}]\nsync: []\n`;
      expect((await readText(text)).errors).toBe(`2:38 creds[0].token: cannot read ${path}: ${why}`);
    }
  });

  it("reads regsync's own example, whose backup is a template of what is synced", async () => {
    writeFileSync(join(folder, 'hub_token'), 'dckr_pat_of_the_example\n');
    const text = `version: 1
creds:
  - registry: registry:5000
    tls: disabled
  - registry: docker.io
    user: "{{env \\"HUB_USER\\"}}"
    pass: "{{file \\"${join(folder, 'hub_token')}\\"}}"
defaults:
  ratelimit:
    min: 100
    retry: 15m
  parallel: 2
  interval: 60m
  backup: "bkup-{{.Ref.Tag}}"
sync:
  - source: busybox:latest
    target: registry:5000/library/busybox:latest
    type: image
`;
    const { list, errors } = await readText(text, { env: { HUB_USER: 'jo' } });
    expect(errors).toBe('');
    expect(list?.credentials.get('docker.io')).toEqual({ username: 'jo', password: 'dckr_pat_of_the_example' });
  });

  it('says what is wrong', async () => {
    const text = `version: 2
sync:
  - source: a
    type: repo
  - {source: a, target: b, type: image, tag: {allow: [x]}}
defaults: {paralel: 2}
`;
    expect((await readText(text)).errors).toMatchInlineSnapshot(`
      "1:10 version: only version 1 is known, found number 2
      6:12 defaults: unknown key "paralel" (did you mean "parallel"? expected backup, blobLimit, cacheCount, cacheTime, forceRecursive, hooks, includeExternal, interval, mediaTypes, parallel, referrerFilters, referrerSlow, referrerSource, referrerTarget, schedule, skipDockerConfig, userAgent, fastCheck, ratelimit, digestTags or referrers)
      3:5 sync[0] needs "target" (text)
      4:11 sync[0].type: expected "registry", "repository" or "image", found text "repo"
      5:41 sync[1]: unknown key "tag" (did you mean "tags"? expected source, target, type, tags, tagSets, repos, platform, platforms, backup, blobLimit, cacheCount, cacheTime, forceRecursive, hooks, includeExternal, interval, mediaTypes, parallel, referrerFilters, referrerSlow, referrerSource, referrerTarget, schedule, skipDockerConfig, userAgent, fastCheck, ratelimit, digestTags or referrers)"
    `);
    const more = `sync:
  - {source: "ocidir://here", target: depot:5000/a, type: repository}
  - {source: a:1, target: depot:5000/a, type: repository}
  - {source: reg.example.com/team, target: depot:5000/Hub, type: registry}
  - {source: a, target: B/C:1, type: image, platform: amd64}
  - {source: a, target: b, type: repository, tags: {allow: ["("], semverRange: [newest]}}
`;
    expect((await readText(more)).errors).toMatchInlineSnapshot(`
      "2:14 sync[0].source: a folder of images is no registry (name it beside the list, where images come from or go to)
      4:14 sync[2].source: of type registry it is host or host:port
      4:44 sync[2].target: of type registry it is host or host:port, and a path or none
      5:55 sync[3].platform: must be os/arch or os/arch/variant: linux/amd64
      5:25 sync[3].target: not an image: repositories are written in small letters: c
      6:81 sync[4].tags.semverRange[0]: this is no range of versions, as ">=1.2 <2"
      6:61 sync[4].tags.allow[0]: not a regular expression: a ( is never closed"
    `);
  });
});

it("a list as regsync's own examples are was refused: a backup by template, a tag of a repository, extensions", async () => {
  const text = `version: 1
x-hub: &hub
  target: registry:5000/hub/{{ .Sync.Source }}
creds:
  - registry: registry:5000
    hostname: registry.registry:5000
    tls: disabled
  - registry: docker.io
    user: "{{env \\"HUB_USER\\"}}"
    pass: "{{env \\"HUB_PASS\\"}}"
defaults:
  ratelimit: {min: 100, retry: 15m}
  parallel: 2
  interval: 60m
  backup: "bkup-{{.Ref.Tag}}"
sync:
  - source: busybox:latest
    target: registry:5000/library/busybox:latest
    type: repository
    tags: {allow: [latest, "3.\\\\d+"]}
  - source: ghcr.io/regclient/regctl:latest
    target: registry:5000/regclient/regctl:latest
    type: image
    platform: linux/amd64
`;
  const { list, errors } = await readText(text, { env: { HUB_USER: 'u', HUB_PASS: 'p' } });
  expect(errors).toBe('');
  expect(inShort(list)).toMatchInlineSnapshot(`
    "17: docker.io/library/busybox -> registry.registry:5000/library/busybox | allow /latest/,/3.\\d+/ deny  semver - latest -
    21: ghcr.io/regclient/regctl -> registry.registry:5000/regclient/regctl | :latest=>latest | linux/amd64"
  `);
  expect(list?.notices).toMatchInlineSnapshot(`
    [
      "defaults.backup is ignored: no copy is kept of what a tag was before",
      "defaults.interval is ignored: run it from a timer",
      "defaults.parallel is ignored: how much is done at once adapts itself",
      "platform: the image itself is copied, as regsync does it; one whose index has an attestation of it stays in an index with that",
      "sync[0]: its tag is ignored, as it is of type repository: tags choose which are copied",
    ]
  `);
  expect([...(list?.trust ?? [])]).toEqual([['registry.registry:5000', { scheme: 'http' }]]);
  expect([...(list?.credentials.keys() ?? [])]).toEqual(['docker.io']);
});
