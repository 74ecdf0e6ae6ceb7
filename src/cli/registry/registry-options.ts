import type { TargetRegistryOptions, TargetTrust } from '../../registry/auth/open-target.js';
import type { Target } from '../../registry/auth/target.js';
import type { OpenedRegistry } from '../../registry/client/open.js';
import { note } from '../terminal/note.js';

/** Options of all commands that talk to a registry. */
export interface RegistryRequest extends TargetTrust {
  /** User whose password is read from standard input or asked for. */
  readonly creds: string | undefined;
  readonly passwordStdin: boolean;
  /** Seconds for all of it. */
  readonly timeout: number | undefined;
  readonly json: boolean;
  readonly verbose: number;
}

/** Opens the registry of a target as the options say. @throws RegistryError `input` */
export async function openTarget(
  target: Target,
  request: RegistryRequest,
  options: Omit<TargetRegistryOptions, 'notice'> = {},
): Promise<OpenedRegistry> {
  const { openTargetRegistry } = await import('../../registry/auth/open-target.js');
  return openTargetRegistry(target, request, { ...options, notice: note });
}
