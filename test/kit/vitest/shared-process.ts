import { readFileSync } from 'node:fs';
import { afterAll, expect, vi } from 'vitest';
import { forgetSshConfig } from '../../../src/connection/ssh/config/ask-ssh.js';
import { currentSecrets } from '../../../src/diagnostics/secrets/session-secrets.js';
import { tookRunLock } from './holding.js';

/*
 * Files of a project run one after another in the same process. Each leaves it as it was; what a file changes and does
 * not put back is reported in that file, not in the one that stumbles over it. What ssh answered in the file before is
 * forgotten: it may have been another ssh.
 */
forgetSshConfig();
const environment = { ...process.env };
const before = stateOfProcess();
const begun = Date.now();

afterAll(() => {
  currentSecrets().clear();
  expect(stateOfProcess(), 'this file must put back what it changes in the process').toEqual(before);
  const text = readFileSync(expect.getState().testPath ?? '', 'utf8');
  if (tookRunLock(begun) && !/\bholding\([^)]*\brunLock\b/.test(text))
    throw new Error(
      'this file takes the run lock of this machine, as a run on localhost does: holding(runLock) at its top',
    );
});

function stateOfProcess() {
  return {
    folder: process.cwd(),
    changedVariables: changedVariables(),
    mask: process.umask(),
    exitCode: process.exitCode,
    terminals: [process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY],
    columns: process.stdout.columns,
    mocked: mocked(),
    hasFakeTimers: vi.isFakeTimers(),
    listeners: ['SIGINT', 'SIGTERM', 'SIGHUP', 'warning'].map((event) => process.listenerCount(event)),
  };
}

function mocked(): string[] {
  const calls = {
    'stdout.write': process.stdout.write,
    'stderr.write': process.stderr.write,
    exit: process.exit,
    kill: process.kill,
    'console.log': console.log,
    'console.error': console.error,
  };
  return Object.entries(calls).flatMap(([name, call]) => (vi.isMockFunction(call) ? [name] : []));
}

/** Names only: their values are nobody's business. */
function changedVariables(): string[] {
  const names = new Set([...Object.keys(environment), ...Object.keys(process.env)]);
  return [...names].filter((name) => process.env[name] !== environment[name]);
}
