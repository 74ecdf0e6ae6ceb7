import type { Command } from 'commander';
import { vi } from 'vitest';
import { imagesCommand } from '../../../src/cli/images/command.js';
import { publishCommand } from '../../../src/cli/publish/command.js';
import { registryCommand } from '../../../src/cli/registry/command.js';

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `provision registry …` in this process. */
export function runCommand(...arguments_: readonly string[]): Promise<Ended> {
  return runIn(registryCommand, arguments_);
}

/** Runs `provision images …` in this process. */
export function runImages(...arguments_: readonly string[]): Promise<Ended> {
  return runIn(imagesCommand, arguments_);
}

/** Runs `provision publish …` in this process. */
export function runPublish(...arguments_: readonly string[]): Promise<Ended> {
  return runIn(publishCommand, arguments_);
}

async function runIn(make: (done: (status: number) => void) => Command, arguments_: readonly string[]): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  let status: number | undefined;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    await make((ended) => {
      status = ended;
    }).parseAsync(arguments_, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number')) throw error;
    status = error.exitCode;
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  if (status === undefined) throw new Error('the command gave no exit status');
  return { status, stdout, stderr };
}
