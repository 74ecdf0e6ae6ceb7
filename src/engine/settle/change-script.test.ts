import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { action } from '../../../test/kit/fake-host.js';
import { sh } from '../../sh.js';
import { parseFacts } from '../facts/facts.js';
import { handlerId, PendingFolder } from '../handlers/pending.js';
import { RecordPlaces } from '../records/record-places.js';
import { changeScript } from './change-script.js';

describe('the script of a change', () => {
  let home: string;
  let folder: PendingFolder;
  const restart = action("restart the 'app'", { role: 'app' });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'change-'));
    const stdout = `user=deploy\nuid=1000\nhome=${home}\nend=facts`;
    folder = new PendingFolder(new RecordPlaces(parseFacts({ status: 0, stdout, stderr: '' }).facts, false));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const pending = () => readdirSync(join(home, '.local/state/provision/pending'));

  /** Runs it with a journal in the test's own folder. */
  function run(parts: Partial<Parameters<typeof changeScript>[0]>, input = '') {
    const journal = { id: 'run-1', name: 'write a\nfile' };
    const { script } = changeScript({
      script: sh`true`,
      journal,
      before: undefined,
      afterSuccess: undefined,
      ...parts,
    });
    return execa('sh', ['-c', script.replaceAll('/run/provision', home)], { input, reject: false });
  }

  it('ends as the change does, with its input, and keeps the journal', async () => {
    const { exitCode, stdout } = await run({ script: sh`cat; exit 7` }, 'bytes');
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: 'bytes' });
    expect(readFileSync(join(home, 'journal'), 'utf8')).toMatch(/^started run-1 \d+ write a file\nfinished run-1 7\n$/);
  });

  it('records handlers before and strikes them off after a success only', async () => {
    const before = folder.recordScript([restart], 'own');
    const afterSuccess = folder.clearScript(handlerId(restart), 'own');
    await run({ before, afterSuccess, script: sh`false` });
    expect(pending()).toEqual([handlerId(restart)]);
    expect(readFileSync(join(home, '.local/state/provision/pending', handlerId(restart)), 'utf8')).toBe(
      "restart the 'app'\n",
    );
    const { exitCode, stderr } = await run({ afterSuccess });
    expect({ exitCode, stderr, pending: pending() }).toEqual({ exitCode: 0, stderr: '', pending: [] });
  });

  it('changes nothing when a handler cannot be recorded', async () => {
    writeFileSync(join(home, '.local'), 'in the way');
    const { exitCode, stderr } = await run({
      before: folder.recordScript([restart], 'own'),
      script: sh`touch ${join(home, 'changed')}`,
    });
    expect(exitCode).toBe(73);
    expect(stderr).toContain(`the handler "restart the 'app'" could not be recorded in ${home}`);
    expect(existsSync(join(home, 'changed'))).toBe(false);
  });

  it('goes on without a journal where there can be none', async () => {
    rmSync(join(home, 'journal'), { force: true, recursive: true });
    const script = changeScript({
      script: sh`echo done`,
      journal: { id: 'run-1', name: 'x' },
      before: undefined,
      afterSuccess: undefined,
    }).script.replaceAll('/run/provision', '/proc/nowhere');
    expect(await execa('sh', ['-c', script])).toMatchObject({ stdout: 'done', stderr: '', exitCode: 0 });
  });
});

describe('names of handlers on the host', () => {
  it('are the same on every run, and differ with role and name', () => {
    expect(handlerId({ name: 'Restart  docker!', role: 'docker-config' })).toBe(
      'docker-config-restart-docker-ae4e9876',
    );
    const names = [{ name: 'a-b', role: 'c' }, { name: 'a b', role: 'c' }, { name: 'b', role: 'c-a' }, { name: 'a-b' }];
    expect(new Set(names.map(handlerId)).size).toBe(4);
    expect(handlerId({ name: 'ünïcödé/../etc' })).toMatch(/^[a-z0-9-]+$/);
  });
});
