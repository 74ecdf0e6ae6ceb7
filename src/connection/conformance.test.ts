import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useShell } from '../../test/kit/connection/shells.js';
import { type Sshd, sshdHasOwnRunLock, startSshd } from '../../test/kit/connection/sshd.js';
import { whenFree } from '../../test/kit/connection/when-free.js';
import { holding, runLock } from '../../test/kit/vitest/holding.js';
import type { ConnectionSettings } from '../model/play.js';
import { sh } from '../sh.js';
import type { Connection, Request, Response } from './connection.js';
import { openConnection } from './open.js';

const local: ConnectionSettings = {
  connection: 'local',
  address: 'localhost',
  port: undefined,
  user: undefined,
  identityFiles: [],
  knownHostsFiles: undefined,
  password: undefined,
  become: false,
  becomeUser: 'root',
  becomePassword: undefined,
  root: '',
  acceptNew: false,
  connectTimeout: 10,
};

/** Contract of connections of any kind, with any `sh` on the host. */
function conformance(open: () => Promise<Connection>): void {
  let connection: Connection;
  const run = (...requests: Request[]) => connection.probe(requests, false);
  const one = async (request: Request): Promise<Response> => {
    const [response] = await run(request);
    if (response === undefined) throw new Error('no response');
    return response;
  };

  beforeAll(async () => {
    connection = await open();
  });
  afterAll(() => connection.close());

  it('gives each script its own status, output and errors, byte for byte', async () => {
    expect(
      await run(
        { script: sh`echo out; echo err >&2; exit 3` },
        { script: sh`printf 'no newline'; printf ' none here' >&2` },
        { script: sh`:` },
        { script: sh`printf '\n\n'` },
        { script: sh`false` },
      ),
    ).toEqual([
      { status: 3, stdout: 'out\n', stderr: 'err\n', timedOut: false },
      { status: 0, stdout: 'no newline', stderr: ' none here', timedOut: false },
      { status: 0, stdout: '', stderr: '', timedOut: false },
      { status: 0, stdout: '\n\n', stderr: '', timedOut: false },
      { status: 1, stdout: '', stderr: '', timedOut: false },
    ]);
  });

  it('keeps what one script does from its neighbours', async () => {
    const responses = await run(
      { script: sh`cd /tmp; x=1; set -e; umask 0; exec >/dev/null; trap 'echo trapped' EXIT; exit 4` },
      { script: sh`if true; then` },
      { script: sh`echo ')' "'"; }` },
      { script: sh`exec 2>&-; exit 5` },
      { script: sh`cat; read -r line || echo "nothing to read"` },
      { script: sh`f() { return 7; }; f` },
      { script: sh`exec sleep 0` },
      { script: sh`kill -9 $(cut -d ' ' -f 4 /proc/self/stat)` },
      { script: sh`echo "x=$x $(umask)"; false; echo "still here"` },
    );
    expect(responses.map(({ status }) => status)).toEqual(
      [4, 2, 2, 5, 0, 7, 0, 137, 0].map((s) => expect.toSatisfy((got) => got === s || (s === 2 && got > 0))),
    );
    expect(responses[1]?.stderr).toMatch(/syntax error|unexpected|unterminated/i);
    expect(responses[4]?.stdout).toBe('nothing to read\n');
    expect(responses[8]?.stdout).toMatch(/^x= 0?022\nstill here\n$/);
  });

  it('says a script was killed without showing the script', async () => {
    const { stderr, status } = await one({
      script: sh`: s3cret; kill -9 $(cut -d ' ' -f 4 /proc/self/stat)`,
      stdin: 'pa55',
    });
    expect(status).toBe(137);
    expect(stderr).toBe('');
  });

  it('feeds input of any kind', async () => {
    const texts = [
      '',
      'plain',
      'a line\n',
      "it's $HOME `id` \\n %s\n\n",
      '-n',
      'é…ü\u0081\u0088 ☃\n',
      'tab\tcr\r\n',
      '\0nul\x01\x7f',
    ];
    const echoed = await run(...texts.map((stdin) => ({ script: sh`cat`, stdin })));
    expect(echoed.map(({ stdout }) => stdout)).toEqual(texts);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect((await one({ script: sh`od -An -v -tx1 | tr -d ' \n'`, stdin: bytes })).stdout).toBe(
      Buffer.from(bytes).toString('hex'),
    );
    expect(await one({ script: sh`exit 6`, stdin: 'nobody reads this\n'.repeat(50_000) })).toMatchObject({
      status: 6,
      stderr: '',
    });
  });

  it('takes large scripts, large input and large output at once', async () => {
    const text = `${'0123456789abcde\n'.repeat(65_536)}é`;
    const binary = Buffer.alloc(3_000_000, Buffer.from([0, 1, 255, 10]));
    const [script, input, output] = await run(
      { script: sh`printf %s ${text} | cksum; printf %s ${text}` },
      { script: sh`md5sum`, stdin: binary },
      {
        script: sh`i=0; while [ $i -lt 64 ]; do printf %s ${'x'.repeat(16_384)}; printf %s ${'y'.repeat(16_384)} >&2; i=$((i+1)); done`,
      },
    );
    expect(script?.stdout.slice(-text.length)).toBe(text);
    expect(input?.stdout).toBe(`${createHash('md5').update(binary).digest('hex')}  -\n`);
    expect(output?.stdout.length).toBe(1_048_576);
    expect(output?.stderr.length).toBe(1_048_576);
  });

  it('takes in what is more than it keeps, and goes on: the whole of a line was copied with each packet', async () => {
    const lines: string[] = [];
    const script = sh`printf begin; head -c 24000000 /dev/zero | tr '\0' A; printf end`;
    const [flood, next] = await run({ script, onLine: (line) => lines.push(line) }, { script: sh`echo next` });
    expect(flood).toMatchObject({ status: 0, stderr: '', leftOut: 24_000_008 - 16 * 1024 * 1024 });
    const parts = flood?.stdout.replace(/A+/g, ({ length }) => `<${length}>`);
    expect(parts).toBe('begin<8388603>\n… 7222792 bytes left out …\n<8388605>end');
    expect(lines.map(({ length }) => length)).toEqual([4098]);
    expect(next).toEqual({ status: 0, stdout: 'next\n', stderr: '', timedOut: false });
  });

  it('decodes characters whole, whatever the packets', async () => {
    const { stdout } = await one({ script: sh`printf '\303'; sleep 0.2; printf '\251\n\377\n'` });
    expect(stdout).toBe('é\n\ufffd\n');
  });

  it('is not taken in by output that looks like its own', async () => {
    const { stdout, status } = await one({
      script: sh`echo 'provision-000000000000000000000000 0;'; printf provision-; set`,
    });
    expect(status).toBe(0);
    expect(stdout.startsWith('provision-000000000000000000000000 0;\nprovision-')).toBe(true);
    expect(stdout).not.toMatch(/provision-(?!0{24})[0-9a-f]{24}/);
  });

  it('gives lines as they come', async () => {
    const lines: string[] = [];
    const running = one({
      script: sh`echo one; printf 'tw\303'; sleep 0.5; printf '\251\n'; echo three >&2; printf four`,
      onLine: (line) => lines.push(line),
    });
    await vi.waitFor(() => expect(lines).toEqual(['one']), { timeout: 5000 });
    await running;
    expect([...lines].sort()).toEqual(['four', 'one', 'three', 'twé']);
  });

  it('ends all processes of a script whose time is over, and goes on with the next', async () => {
    const began = performance.now();
    const [slow, next] = await run(
      { script: sh`echo begun; sh -c 'sleep 61.5 & wait' & sleep 63.5; echo never`, deadline: 1 },
      { script: sh`sleep 0.1; echo next` },
    );
    expect(slow).toMatchObject({ status: 124, stdout: 'begun\n', timedOut: true });
    expect(next).toMatchObject({ status: 0, stdout: 'next\n', timedOut: false });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(await remaining(/^sleep 6[13]\.5/)).toEqual([]);
  });

  it('ends also what will not hear', async () => {
    const { status } = await one({ script: sh`trap '' TERM; sleep 64.5; sleep 64.5`, deadline: 1 });
    expect(status).toBe(124);
    expect(await remaining(/^sleep 64\.5/)).toEqual([]);
  });

  it('changes and measures in one request', async () => {
    const [change, ...probes] = await connection.apply(
      { script: sh`echo changed` },
      [{ script: sh`echo measured` }],
      false,
    );
    expect(change.stdout).toBe('changed\n');
    expect(probes.map(({ stdout }) => stdout)).toEqual(['measured\n']);
  });

  it('uploads what is too large for a request', async () => {
    const chunk = Buffer.alloc(65_536, 'provision');
    const hash = createHash('sha256');
    const content = Readable.from(
      (function* () {
        for (let i = 0; i < 320; i += 1) {
          hash.update(chunk);
          yield chunk;
        }
      })(),
    );
    const lines: string[] = [];
    const options = { onLine: (line: string) => lines.push(line) };
    const uploaded = await connection.upload(
      sh`echo begun; sha256sum; echo "it's \\ over" >&2; exit 3`,
      content,
      false,
      options,
    );
    expect(uploaded).toEqual({
      status: 3,
      stdout: `begun\n${hash.digest('hex')}  -\n`,
      stderr: "it's \\ over\n",
      timedOut: false,
    });
    expect(lines).toContain('begun');
  });

  it('ends an upload that nobody reads, that takes too long, or whose source breaks', async () => {
    const endless = () =>
      Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(65_536);
        })(),
      );
    expect(await connection.upload(sh`exit 9`, endless(), false)).toMatchObject({ status: 9 });
    const slow = await connection.upload(sh`echo begun; sleep 65.5`, endless(), false, { deadline: 1 });
    expect(slow).toMatchObject({ status: 124, timedOut: true, stdout: 'begun\n' });
    const broken = Readable.from(
      (async function* () {
        yield 'some';
        throw new Error('cannot read the archive');
      })(),
    );
    await expect(connection.upload(sh`cat >/dev/null; sleep 66.5`, broken, false)).rejects.toThrow(
      'cannot read the archive',
    );
    await vi.waitFor(async () => expect(await remaining(/^sleep 6[56]\.5/)).toEqual([]), { timeout: 10_000 });
  });

  it('ends a script alone, also one that began within the same tick of the clock as its shell', async () => {
    const uploads = Array.from({ length: 9 }, () =>
      connection.upload(sh`sleep 168.5`, Readable.from(['']), false, { deadline: 0.2 }),
    );
    expect((await Promise.all(uploads)).map(({ status }) => status)).toEqual(uploads.map(() => 124));
    // A process that was ended is listed until its parent has taken note; one that was not ended stays for minutes.
    await vi.waitFor(async () => expect(await remaining(/^sleep 168\.5/)).toEqual([]), { timeout: 60_000 });
  });

  it('takes more at a time than a connection has channels', async () => {
    const uploads = Array.from({ length: 20 }, (_, index) =>
      connection.upload(sh`sleep 0.05; cat`, Readable.from([`${index}`]), false),
    );
    expect((await Promise.all(uploads)).map(({ stdout }) => stdout)).toEqual(uploads.map((_, index) => `${index}`));
  });

  it('shows no data to those who list processes', async () => {
    const { stdout } = await one({
      script: sh`: ${'hidden in the script'}; cat /proc/*/cmdline 2>/dev/null | tr '\0' ' '`,
      stdin: 'hidden in the input',
    });
    expect(stdout).not.toMatch(/hidden in the (script|input)/);
    const uploaded = await connection.upload(
      sh`: ${'hidden in the script'}; cat /proc/*/cmdline 2>/dev/null | tr '\0' ' '`,
      Readable.from(['hidden in the input']),
      false,
    );
    expect(uploaded.stdout).not.toMatch(/hidden in the (script|input)/);
    // The word that marks its end was in the list, and ended it there with a status that was none.
    expect(uploaded.status).toBe(0);
    expect(uploaded.stdout).toMatch(/cmdline.*\| tr|sh -c/);
  });

  it('speaks C, whatever the user speaks', async () => {
    expect((await one({ script: sh`printf %s "$LC_ALL"` })).stdout).toBe('C');
  });

  it('holds the run lock against another run, names itself, and lets go when it is closed', async () => {
    const first = await open();
    first.lock(false, { name: 'first-claim' });
    await whenFree(() => first.probe([{ script: sh`:` }], false));
    const second = await open();
    second.lock(false);
    await expect(second.probe([{ script: sh`echo ran >&2; exit 1` }], false)).rejects.toMatchObject({
      problem: 'locked',
      message: expect.stringMatching(
        new RegExp(
          `^another run is at work on this host: ${userInfo().username}@.*, process ${process.pid}, since \\d{4}-`,
        ),
      ),
      holder: 'first-claim',
    });
    await expect(second.probe([{ script: sh`:` }], false)).rejects.toMatchObject({ problem: 'locked' });
    await first.close();
    const [reply] = await whenFree(() => second.probe([{ script: sh`echo in` }], false));
    expect(reply?.stdout).toBe('in\n');
    await second.close();
  });

  it('leaves nothing running when it is closed in the middle', async () => {
    const interrupted = await open();
    const running = interrupted.probe([{ script: sh`sleep 67.5; sleep 67.5` }], false);
    const expected = expect(running).rejects.toMatchObject({ problem: 'lost' });
    await vi.waitFor(async () => expect(await remaining(/^sleep 67\.5/)).not.toEqual([]), { timeout: 30_000 });
    await interrupted.close();
    await expected;
    // The other side notices in its own time.
    await vi.waitFor(async () => expect(await remaining(/^sleep 67\.5/)).toEqual([]), { timeout: 30_000 });
    await expect(interrupted.probe([{ script: sh`:` }], false)).rejects.toMatchObject({ problem: 'lost' });
  });

  it('opens another shell when one was killed', async () => {
    await expect(run({ script: sh`kill -9 $$; sleep 1` })).rejects.toMatchObject({ problem: 'shell' });
    expect((await one({ script: sh`echo back` })).stdout).toBe('back\n');
  });

  // Only root becomes others without being asked for a password.
  it.runIf(process.getuid?.() === 0)('gives each user a shell of its own', async () => {
    const nobody = await connection.probe([{ script: sh`id -un; pwd; echo "$HOME"` }], { user: 'nobody' });
    expect(nobody[0]?.stdout).toMatch(/^nobody\n\//);
    expect((await connection.probe([{ script: sh`echo $$` }], false))[0]?.stdout).toBe(
      (await connection.probe([{ script: sh`echo $$` }], { user: 'root' }))[0]?.stdout,
    );
  });
}

/** Command lines of this machine that match. */
async function remaining(pattern: RegExp): Promise<string[]> {
  const { stdout } = await execa('ps', ['-eo', 'stat=,args=']);
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('Z'))
    .map((line) => line.replace(/^\S+\s+/, ''))
    .filter((args) => pattern.test(args));
}

describe('on this machine', () => {
  holding(runLock);
  for (const program of ['dash', 'bash', 'busybox']) {
    describe(`with ${program}`, () => {
      let back: () => Promise<void>;
      beforeAll(async () => {
        back = await useShell(program);
      });
      afterAll(() => back());
      it('is that shell', async () => {
        const connection = await openConnection('localhost', local);
        const [shell] = await connection.probe([{ script: sh`readlink /proc/$$/exe` }], false);
        expect(shell?.stdout.trim().split('/').at(-1)).toBe(program);
        await connection.close();
      });
      conformance(() => openConnection('localhost', local));
    });
  }
});

// sshd's default, and one session a connection, as hardened hosts have it: uploads and other users need more.
describe.each(['MaxSessions 10', 'MaxSessions 1'])('over ssh, %s', (sessions) => {
  if (!sshdHasOwnRunLock) holding(runLock);
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd(sessions);
  });
  afterAll(() => sshd.stop());
  conformance(() => openConnection('host', sshd.settings()));
});
