import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../client/registry.js';
import { digest as asDigest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import { carryOut, type GcHost, type GcRuntime } from './runtime.js';

export interface WindowOptions {
  readonly progress: (line: string) => void;
  /** Milliseconds for the registry to answer after a restart. */
  readonly patience: number;
}

/**
 * Does work while a registry takes no writes, and puts it back however the work ended. What the work threw is thrown when
 * the registry answers again.
 * @throws RegistryError saying what to run by hand when it can't be put back
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
    await carryOut(host, runtime.readOnly(), 'make the registry read-only');
    await answering(registry, patience);
    outcome = { result: await work() };
  } catch (failure) {
    outcome = { failure };
  }
  progress('putting it back');
  await putBack(host, runtime, 'failure' in outcome ? outcome.failure : undefined);
  if ('failure' in outcome) {
    // What the work failed with is thrown; that the registry is silent besides is said.
    await answering(registry, patience).catch((error: unknown) => {
      progress(`it was put back, and does not answer: ${(error as Error).message}`);
    });
    throw outcome.failure;
  }
  await answering(registry, patience);
  return outcome.result;
}

/**
 * Sees that writes are really refused. @returns what to know besides: an account that may not write can't tell
 * @throws RegistryError when they are taken
 */
export async function checkReadOnly(registry: Registry, repository: string): Promise<string[]> {
  try {
    const begun = await registry.mount(repository, nowhere, repository);
    if (begun !== undefined && begun !== true) await registry.cancelUpload(begun);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.kind === 'read-only') return [];
    if (error.kind === 'unauthorized' || error.kind === 'denied') {
      return ['the account may not write, so that nobody can was not tried'];
    }
    throw error;
  }
  throw new RegistryError('server', `${registry.host} still takes uploads after it was made read-only`, {
    hint: 'is this the registry that runs there? several replicas on one storage must all be read-only; nothing was collected',
  });
}

const nowhere = asDigest(`sha256:${'0'.repeat(64)}`);

async function putBack(host: GcHost, runtime: GcRuntime, failure: unknown): Promise<void> {
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
  throw new RegistryError('server', `${before}the registry could not be put back from read-only: ${why}`, {
    cause: failure,
    hint: `run this on its host:\n${script}`,
  });
}

async function answering(registry: Registry, patience: number): Promise<void> {
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
