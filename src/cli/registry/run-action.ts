import { parseTarget, type Target, type TargetPart } from '../../registry/auth/target.js';
import type { OpenedRegistry } from '../../registry/client/open.js';
import type { RegistryCredentials } from '../../registry/client/registry.js';
import { RegistryError } from '../../registry/registry-error.js';
import { printJson, printLines } from '../terminal/output.js';
import { runUntilStopped } from '../terminal/run-until-stopped.js';
import { passwordFor, userOf } from './password.js';
import { openTarget, type RegistryRequest } from './registry-options.js';

/** Context of a command about one registry. */
export interface RegistryActionContext {
  readonly target: Target;
  readonly registry: OpenedRegistry;
  /** Aborted by Ctrl-C and `--timeout`. */
  readonly signal: AbortSignal;
}

/** Options of {@link onRegistry}. */
export interface ActionOptions {
  readonly needs: TargetPart;
  /** True: an interrupt lets the current request finish, as a half-done change is worse; the action checks the signal itself. */
  readonly finishes?: boolean;
}

/**
 * Opens the registry that a command's argument names, does work with it, and prints an error.
 * @returns the exit status: the work's own (default 0), 1 wrong input, 2 failed, 4 unreachable or out of time, 130 interrupted
 */
export async function onRegistry(
  argument: string,
  request: RegistryRequest,
  { needs, finishes = false }: ActionOptions,
  work: (context: RegistryActionContext) => Promise<number | undefined>,
): Promise<number> {
  return runUntilStopped(request, async (signal) => {
    const target = parseTarget(argument, needs);
    const explicit = await explicitAccounts(target, request);
    const registry = await openTarget(target, request, { explicit, ...(finishes ? {} : { signal }) });
    try {
      return (await work({ target, registry, signal })) ?? 0;
    } finally {
      await registry.close();
    }
  });
}

/** Returns the account of `--creds`, by the host that it is for. */
export async function explicitAccounts(
  { host }: Target,
  { creds, passwordStdin }: Pick<RegistryRequest, 'creds' | 'passwordStdin'>,
): Promise<ReadonlyMap<string, RegistryCredentials> | undefined> {
  if (creds === undefined) {
    if (passwordStdin)
      throw new RegistryError('input', '--password-stdin is given without --creds: name the user with --creds USER');
    return undefined;
  }
  const username = userOf(creds);
  return new Map([[host, { username, password: await passwordFor(username, host, passwordStdin) }]]);
}

/** Prints a command's result: as JSON with `--json`, else as lines. */
export function print({ json }: Pick<RegistryRequest, 'json'>, value: unknown, lines: readonly string[]): void {
  if (json) printJson(value, 2);
  else printLines(lines);
}
