import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { play, runOver } from '../../test/kit/fake-host.js';
import { openConnection } from '../connection/open.js';
import type { Resource } from '../model/resource.js';
import type { Task } from '../model/task.js';
import { sh } from '../sh.js';

/** A file with this text, below the root. */
function text(path: string, content: string, words: Partial<Omit<Task, 'resource'>> = {}): Task {
  const resource: Resource<string> = {
    kind: 'text',
    id: path,
    provides: [`path:${path}`],
    needs: [],
    staging: 'path',
    probe: (host) => sh`cat ${host.at(path)} 2>/dev/null || true`,
    parse: ({ stdout }) => stdout,
    plan: (state, host) =>
      state === content
        ? { verdict: 'ok' }
        : {
            verdict: 'change',
            summary: state === '' ? 'created' : 'content',
            apply: { via: 'sh', script: sh`echo working; cat >${host.at(path)}`, stdin: content },
          },
  };
  return { kind: 'task', name: `text ${path}`, resource, ...words };
}

/** Real shells on this machine, below a folder. */
describe('a run on this machine', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'local-'));
  });
  afterEach(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true });
  });

  const runHere = (items: readonly Task[], options: { check?: boolean } = {}) => {
    const settings = { connection: 'local', become: false, root } as const;
    return runOver({}, [play(['here'], items, { settings })], { ...options, connect: openConnection });
  };
  const many = Array.from({ length: 50 }, (_, index) => text(`/file-${index}`, `it's number ${index}\n`));

  it('brings fifty files about, and finds nothing to do after that', async () => {
    const checked = await runHere(many, { check: true });
    expect(checked.report.hosts.here).toMatchObject({ ok: 50, changed: 50 });
    expect(existsSync(join(root, 'file-0'))).toBe(false);

    const first = await runHere(many);
    expect(first.report.hosts.here).toMatchObject({ ok: 50, changed: 50, failed: 0 });
    expect(readFileSync(join(root, 'file-49'), 'utf8')).toBe("it's number 49\n");
    expect(first.events.find(({ event }) => event === 'task-line')).toMatchObject({ line: 'working' });

    const second = await runHere(many);
    expect(second.report).toMatchObject({ exitStatus: 0, hosts: { here: { ok: 50, changed: 0 } } });
  });

  it('shows what the host said when a change fails', async () => {
    writeFileSync(join(root, 'in-the-way'), '');
    const { ends, report } = await runHere([text('/in-the-way/file', 'x'), text('/never', 'x')]);
    expect(ends).toMatchObject([{ outcome: 'failed', stdout: 'working\n' }]);
    expect(ends[0]?.stderr).toMatch(/in-the-way\/file/);
    expect(report.exitStatus).toBe(2);
  });
});
