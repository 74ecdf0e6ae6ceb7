import type { OpenedRegistry } from '../../registry/client/open.js';
import type { Credentials } from '../../registry/client/registry.js';
import { RegistryError } from '../../registry/registry-error.js';
import { complainOf } from '../terminal/complain.js';
import { interruptedText, takeInterrupts } from '../terminal/interrupt.js';
import { printJson, printLines, printMessage } from '../terminal/output.js';
import { passwordFor, userOf } from './password.js';
import { openTarget, type RegistryRequest } from './registry-options.js';
import { parseTarget, type Target, type TargetPart } from './target.js';

/** What a command about one registry is given. */
export interface RegistryAction {
  readonly target: Target;
  readonly registry: OpenedRegistry;
  /** Aborted by Ctrl-C and `--timeout`. */
  readonly signal: AbortSignal;
}

export interface ActionOptions {
  readonly needs: TargetPart;
  /** true: requests under way go on when interrupted, as what they do must not be left half-way; the action looks at the signal itself. */
  readonly finishes?: boolean;
}

/**
 * Opens the registry that a command's argument names, does the work with it, and says what went wrong. Gives the exit
 * status: the work's own (0 unless it gives one), 1 wrong input, 2 failed, 4 unreachable or out of time, 130 interrupted.
 */
export async function onRegistry(
  argument: string,
  request: RegistryRequest,
  { needs, finishes = false }: ActionOptions,
  work: (action: RegistryAction) => Promise<number | undefined>,
): Promise<number> {
  return withEnding(request, async (signal) => {
    const target = parseTarget(argument, needs);
    const explicit = await explicitFor(target, request);
    const registry = await openTarget(target, request, { explicit, ...(finishes ? {} : { signal }) });
    try {
      return (await work({ target, registry, signal })) ?? 0;
    } finally {
      await registry.close();
    }
  });
}

/** Runs work that Ctrl-C and `--timeout` end, and gives the exit status. */
export async function withEnding(
  request: Pick<RegistryRequest, 'timeout' | 'verbose'>,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage(interruptedText('requests')));
  const deadline = request.timeout === undefined ? undefined : AbortSignal.timeout(request.timeout * 1000);
  const signal = AbortSignal.any([interrupt.signal, ...(deadline === undefined ? [] : [deadline])]);
  try {
    return await work(signal);
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    if (deadline?.aborted) {
      return complainOf(new RegistryError('unreachable', `not done after ${request.timeout} s (--timeout)`), request);
    }
    return complainOf(error, request);
  } finally {
    interrupt.release();
  }
}

/** The account of `--creds`, for the host it is meant for. */
export async function explicitFor(
  { host }: Target,
  { creds, passwordStdin }: Pick<RegistryRequest, 'creds' | 'passwordStdin'>,
): Promise<ReadonlyMap<string, Credentials> | undefined> {
  if (creds === undefined) {
    if (passwordStdin) throw new RegistryError('input', '--password-stdin: whose password? --creds USER says it');
    return undefined;
  }
  const username = userOf(creds);
  return new Map([[host, { username, password: await passwordFor(username, host, passwordStdin) }]]);
}

/** Prints what a command found: JSON where that is asked for, else lines. */
export function print({ json }: Pick<RegistryRequest, 'json'>, value: unknown, lines: readonly string[]): void {
  if (json) printJson(value, 2);
  else printLines(lines);
}
