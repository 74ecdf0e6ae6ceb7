import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../client/registry.js';
import { parseDigest as asDigest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import { type GcHost, type GcRuntime, runStep } from './runtime.js';

/** Options of {@link whileReadOnly}. */
export interface WindowOptions {
  readonly progress: (line: string) => void;
  /** Milliseconds for the registry to answer after a restart. */
  readonly patience: number;
}

/**
 * Does work while a registry is read-only, and makes it writable again however the work ended. An error of the work is
 * thrown once the registry answers again.
 * @throws RegistryError with the script to run by hand, when it can't be made writable
 */
export async function whileReadOnly<T>(
  host: GcHost,
  runtime: GcRuntime,
  registry: Registry,
  { progress, patience }: WindowOptions,
  work: () => Promise<T>,
): Promise<T> {
  let outcome: { readonly result: T } | { readonly failure: unknown };
  try {
    progress('making it read-only');
    await runStep(host, runtime.readOnly(), 'make the registry read-only');
    await waitForAnswer(registry, patience);
    outcome = { result: await work() };
  } catch (failure) {
    outcome = { failure };
  }
  progress('making it writable again');
  await makeWritable(host, runtime, 'failure' in outcome ? outcome.failure : undefined);
  if ('failure' in outcome) {
    // The error of the work is thrown; a registry that doesn't answer is only reported.
    await waitForAnswer(registry, patience).catch((error: unknown) => {
      progress(`it is writable again, and does not answer: ${(error as Error).message}`);
    });
    throw outcome.failure;
  }
  await waitForAnswer(registry, patience);
  return outcome.result;
}

/**
 * Checks that writes are really refused. An account that may not write can't tell.
 * @returns notices for the report
 * @throws RegistryError when writes are accepted
 */
export async function checkReadOnly(registry: Registry, repository: string): Promise<string[]> {
  try {
    const begun = await registry.mount(repository, absentBlob, repository);
    if (begun !== undefined && begun !== true) await registry.cancelUpload(begun);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.kind === 'read-only') return [];
    if (error.kind === 'unauthorized' || error.kind === 'denied') {
      return ['the account may not write: that others cannot either was not checked'];
    }
    throw error;
  }
  throw new RegistryError('server', `${registry.host} still takes uploads after it was made read-only`, {
    hint: 'check that this is the registry that runs there, and that all replicas on its storage are read-only; nothing was collected',
  });
}

const absentBlob = asDigest(`sha256:${'0'.repeat(64)}`);

async function makeWritable(host: GcHost, runtime: GcRuntime, failure: unknown): Promise<void> {
  const script = runtime.restore();
  let why: string;
  try {
    const { status, stderr } = await host.run(script, { deadline: 300 });
    if (status === 0) return;
    why = stderr.trim();
  } catch (error) {
    why = (error as Error).message;
  }
  const before = failure instanceof Error ? `${failure.message}; and then ` : '';
  throw new RegistryError('server', `${before}the registry could not be made writable again: ${why}`, {
    cause: failure,
    hint: `run this on its host:\n${script}`,
  });
}

async function waitForAnswer(registry: Registry, patience: number): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await registry.ping();
    } catch (error) {
      const waits = error instanceof RegistryError && ['unreachable', 'server', 'stalled'].includes(error.kind);
      if (!waits || Date.now() > until) throw error;
      await sleep(250);
    }
  }
}
