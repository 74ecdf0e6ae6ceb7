import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { check, converge, planFrom } from '../../../../test/kit/converge-locally.js';
import { get_url } from './get-url.js';
import { sumIn } from './get-url-state.js';

const body = 'what is served\n';
const sha256 = createHash('sha256').update(body).digest('hex');
let folder: string;
let origin: string;
let dest: string;
/** Requests that the server got. */
const asked: string[] = [];
let served: { text: string; etag: string };

function answer(request: IncomingMessage, response: ServerResponse): void {
  asked.push(`${request.method} ${request.url}`);
  const { authorization } = request.headers;
  if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
  else if (request.url === '/cut') {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('only a part');
    setTimeout(() => response.destroy(), 50);
  } else if (request.url === '/SHA256SUMS') response.end(`${'0'.repeat(64)}  other\n${sha256} *./file\n`);
  else if (request.url === '/login' && authorization !== `Basic ${btoa('puller:pa"ss\\word')}`)
    response.writeHead(401).end();
  else if (request.url === '/token' && authorization !== 'Bearer s3cret "x"') response.writeHead(403).end();
  else if (request.url === '/tagged')
    response.writeHead(200, { etag: served.etag }).end(request.method === 'HEAD' ? '' : served.text);
  else if (['/file', '/login', '/token'].includes(request.url ?? '')) response.end(body);
  else response.writeHead(404).end('no such page');
}

const server = createServer(answer);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-get-url-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  asked.length = 0;
  served = { text: 'one', etag: '"1"' };
  await rm(join(folder, 'there'), { recursive: true, force: true });
  await mkdir(join(folder, 'there'));
  dest = join(folder, 'there', 'a file');
});

/** A PATH on which one of the two tools is missing. */
async function pathWithout(tool: 'curl' | 'wget'): Promise<string> {
  const bin = join(folder, `without-${tool}`);
  await mkdir(bin, { recursive: true });
  const links = ['/bin', '/usr/bin'].map(async (from) => {
    for (const name of await readdir(from)) {
      if (name !== tool) await symlink(join(from, name), join(bin, name)).catch(() => {});
    }
  });
  await Promise.all(links);
  return bin;
}

const shells = ['dash', 'bash --posix', 'busybox sh'];
const tools = ['curl', 'wget'] as const;

describe.each(tools)('get_url by %s', (tool) => {
  let before: string | undefined;
  let there = true;
  beforeAll(async () => {
    before = process.env.PATH;
    there = (await execa('sh', ['-c', `command -v ${tool}`], { reject: false })).exitCode === 0;
    if (tool === 'wget') process.env.PATH = await pathWithout('curl');
  });
  afterAll(() => {
    process.env.PATH = before;
  });
  beforeEach((context) => {
    if (there) return;
    if (process.env.PROVISION_REQUIRE_LAB === '1') throw new Error(`these tests need ${tool}`);
    context.skip(`there is no ${tool} here`);
  });
  const at = (path: string, more: object = {}) => get_url({ url: `${origin}${path}`, dest, ...more });
  const left = () => readdir(join(folder, 'there'));

  // busybox's own wget takes no addresses from standard input.
  it.each(
    tool === 'wget' ? shells.slice(0, 2) : shells,
  )('is downloaded once, through a redirection, in %s', async (shell) => {
    const task = at('/moved', { checksum: `sha256:${sha256.toUpperCase()}`, mode: '0750' });
    expect(await converge(task, { shell })).toMatchObject({ failure: undefined, plan: { summary: 'downloaded' } });
    expect(await readFile(dest, 'utf8')).toBe(body);
    expect((await stat(dest)).mode & 0o777).toBe(0o750);
    const requests = asked.length;
    expect(await check(task, { shell })).toEqual({ verdict: 'ok' });
    expect(asked.length).toBe(requests);
    expect(await left()).toEqual(['a file']);
    await chmod(dest, 0o600);
    expect((await converge(task, { shell })).plan).toMatchObject({ summary: 'mode 0600 -> 0750' });
  });

  it.each([
    [
      'another sum',
      '/file',
      { checksum: `sha256:${'0'.repeat(64)}` },
      `has the sha256 ${sha256}, not ${'0'.repeat(64)}: nothing was changed`,
    ],
    ['a link that is cut', '/cut', {}, '/cut was not downloaded: '],
    ['a page that is not there', '/none', {}, /404/],
    ['no right to it', '/login', {}, /401|Authentication/],
    ['a port that nobody serves', '', { url: 'http://127.0.0.1:9/x' }, '127.0.0.1:9/x was not downloaded'],
  ])('leaves what is there after %s', async (_, path, more, message) => {
    await writeFile(dest, 'mine\n');
    const { failure } = await converge(at(path, { ...more, force: true }));
    expect(failure).toMatch(message);
    expect(await readFile(dest, 'utf8')).toBe('mine\n');
    expect(await left()).toEqual(['a file']);
  });

  it('says who it is, where nobody else can see it', async () => {
    const checksum = `sha256:${sha256}`;
    const login = { username: 'puller', password: 'pa"ss\\word', checksum };
    expect((await converge(at('/login', login))).failure).toBeUndefined();
    await rm(dest);
    expect(
      (await converge(at('/token', { headers: { authorization: 'Bearer s3cret "x"' }, checksum }))).failure,
    ).toBeUndefined();
    expect(await readFile(dest, 'utf8')).toBe(body);
  });

  it('looks its sum up in a list', async () => {
    const task = at('/file', { checksum: `sha256:${origin}/SHA256SUMS` });
    expect((await converge(task)).failure).toBeUndefined();
    expect(await check(task)).toEqual({ verdict: 'ok' });
    await writeFile(dest, 'mine\n');
    expect(await check(task)).toMatchObject({ verdict: 'kept', summary: 'exists and has another sha256' });
    expect((await converge(task, { force: true })).failure).toBeUndefined();
    expect(await readFile(dest, 'utf8')).toBe(body);
    expect(await check(at('/file', { checksum: `sha256:${origin}/none` }))).toMatchObject({
      verdict: 'refused',
      message: expect.stringMatching(/gives no sum of the file: .*404/s),
    });
  });

  it('without a sum, is left alone; with force, the server is asked', async () => {
    const root = folder;
    const task = get_url({ url: `${origin}/tagged`, dest: '/there/x', force: true });
    const text = () => readFile(join(folder, 'there', 'x'), 'utf8');
    expect((await converge(task, { root })).plan).toMatchObject({ summary: 'downloaded' });
    asked.length = 0;
    expect(await check(task, { root })).toEqual({ verdict: 'ok' });
    expect(asked).toEqual(['HEAD /tagged']);
    served = { text: 'another', etag: '"2"' };
    expect(await check(get_url({ url: `${origin}/tagged`, dest: '/there/x' }), { root })).toEqual({
      verdict: 'ok',
      note: 'it exists; only a checksum can tell whether its content is right',
    });
    expect((await converge(task, { root })).plan).toMatchObject({ summary: 'downloaded anew' });
    expect(await text()).toBe('another');
    await writeFile(join(folder, 'there', 'x'), 'changed by hand');
    expect((await converge(task, { root })).plan).toMatchObject({ summary: 'downloaded anew' });
    expect(await text()).toBe('another');
  });
});

describe('get_url', () => {
  it('shows no credentials in the arguments of a process', async () => {
    const bin = await mkdtemp(join(tmpdir(), 'provision-argv-'));
    const before = process.env.PATH;
    for (const tool of tools)
      await writeFile(
        join(bin, tool),
        `#!/bin/sh\nprintf '%s ' ${tool} "$@" >>${bin}/argv; env >>${bin}/argv; exit 22\n`,
        {
          mode: 0o755,
        },
      );
    process.env.PATH = `${bin}:${before}`;
    const secrets = { username: 'u', password: 'canary-1', headers: { 'x-token': 'canary-2' } };
    const task = get_url({ url: `${origin}/file?sig=canary-3`, dest, ...secrets, force: true });
    await converge(task);
    await rm(join(bin, 'curl'));
    process.env.PATH = `${bin}:${await pathWithout('curl')}`;
    await writeFile(
      join(bin, 'wget'),
      `#!/bin/sh\n[ "$1" != --version ] || { echo GNU Wget; exit; }\nprintf '%s ' wget "$@" >>${bin}/argv; env >>${bin}/argv; exit 8\n`,
      { mode: 0o755 },
    );
    await converge(task);
    process.env.PATH = before;
    const argv = await readFile(join(bin, 'argv'), 'utf8');
    expect(argv).toMatch(/^curl .*-K - /m);
    expect(argv).toMatch(/^wget .*-i - /m);
    expect(argv.replaceAll(/^_=.*$/gm, '')).not.toContain('canary');
    await rm(bin, { recursive: true });
  });

  it.each([
    [{ url: 'https://u:p@example.com/x' }, 'must not hold a password: `username` and `password` are for that'],
    [{ url: 'ftp://example.com/x' }, 'must be a URL'],
    [{ checksum: 'sha256:abc' }, 'must be 64 digits of 0 to f after sha256:'],
    [{ checksum: sha256 }, 'must be sha256:…'],
    [{ username: 'u' }, 'username and password must be given together'],
    [{ headers: { 'a b': 'c' } }, 'is not a name of a header'],
  ])('refuses %o', (given, message) => {
    const whole = { url: 'https://example.com/x', dest: '/x', ...given };
    expect(get_url.params.safeParse(whole).error?.message).toContain(message);
  });

  it.each([
    ['a%2Bb.tar', 'a+b.tar'],
    ['a%20b', 'a b'],
    ['a%2Bb.tar', 'a%2Bb.tar'],
    ['50%.tar', '50%.tar'],
    ['download?file=pool/a+b%20c.tar', 'a b c.tar'],
    ['?tool.tar', 'tool.tar'],
    ['latest', 'here.tar'],
    ['%C3%BC', 'ü'],
    ['a%5Cb', 'a\\\\b', '\\'],
  ])('finds the sum of what is downloaded as %s by the name %s', (end, name, escaped = '') => {
    const url = `https://example.com/x/${end}`;
    const task = get_url({ url, dest: '/opt/here.tar', checksum: 'sha256:https://example.com/SUMS' });
    const printed = (list: string) =>
      `end yes\ntool ${Buffer.from('curl').toString('base64')}\nlist ${Buffer.from(list).toString('base64')}\n`;
    const list = `${'0'.repeat(64)}  another\n${escaped}${sha256}  ./${name}\n`;
    expect(planFrom(task, printed(list))).toMatchObject({ verdict: 'change' });
    expect(planFrom(task, printed(`${sha256}  another\n`))).toMatchObject({
      verdict: 'refused',
      message: expect.stringMatching(/^https:..example.com.SUMS gives no sum of the file \(looked for .*here.tar\)$/),
    });
  });

  it('a host without curl and wget was said to have a list of sums that lacks the file', () => {
    const task = get_url({ url: 'https://example.com/x', dest: '/opt/x', checksum: 'sha256:https://example.com/SUMS' });
    expect(planFrom(task, 'end yes\n')).toMatchObject({
      verdict: 'refused',
      message: 'there is neither curl nor wget on this host',
    });
  });

  it.each([
    [`${sha256}  dir/tool.tar.gz`, sha256],
    [`SHA256 (tool.tar.gz) = ${sha256}`, sha256],
    [`${sha256}\n`, sha256],
    [`${sha256}  my-tool.tar.gz`, undefined],
    ['<html>', undefined],
  ])('finds the sum in %s', (list, sum) => {
    expect(sumIn(list, 'tool.tar.gz')).toBe(sum);
  });
});
