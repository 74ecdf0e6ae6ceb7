import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runScript } from '../../../../test/kit/converge-locally.js';
import { folderOf } from '../../../../test/kit/folder-of.js';
import { canSandbox, SandboxedHost } from '../../../../test/kit/sandboxed-host.js';
import { sh } from '../../../sh.js';
import { applyOrPutBack } from './put-back.js';

/** A service that refuses what has the word, with the words of dockerd. */
const refuses = (files: readonly string[]) =>
  sh`! cat ${files} 2>/dev/null | grep -q bad || { echo 'unknown flag: --bad' >&2; exit 1; }`;

describe.runIf(canSandbox)('files that a restart of docker refuses', () => {
  let files: string[];
  let apply: (written?: readonly string[]) => Promise<string>;

  beforeEach(async () => {
    const folder = folderOf({});
    mkdirSync(join(folder, 'sandbox'));
    const host = await SandboxedHost.start(join(folder, 'sandbox'));
    files = ['daemon.json', 'sysconfig', 'drop-in.conf'].map((name) => join(folder, name));
    for (const path of files) writeFileSync(path, 'good\n');
    apply = async (written = files) => {
      const parts = { service: 'docker', files, written, apply: refuses(files), restore: refuses(files) };
      const { stderr } = await runScript(applyOrPutBack(parts).script, '', { way: host.way });
      return stderr;
    };
    return () => host.stop();
  });

  /** Writes a file as if that were later: stamps of files are compared. */
  function put(path: string, text: string): void {
    writeFileSync(path, text);
    const later = Date.now() / 1000 + 10;
    utimesSync(path, later, later);
  }

  it.each([0, 1, 2])('have their old content in effect again, and both are said: file %i', async (index) => {
    const path = files[index] ?? '';
    expect(await apply()).toBe('');
    put(path, 'bad\n');
    const said = await apply();
    expect(said).toContain('docker refuses its configuration: unknown flag: --bad');
    expect(said).toContain(`the old content of ${path} is put back, and in effect again`);
    expect([path, `${path}.refused`].map((each) => readFileSync(each, 'utf8'))).toEqual(['good\n', 'bad\n']);
    expect(await apply()).toBe('');
  });

  it('are removed where they are new and ours, and stay where nobody knows what they were', async () => {
    const [ours = '', theirs = ''] = files;
    put(ours, 'bad\n');
    put(theirs, 'by hand\n');
    expect(await apply([ours])).toContain(`the old content of ${ours} is put back, and in effect again`);
    expect([existsSync(ours), existsSync(theirs)]).toEqual([false, true]);
  });
});
