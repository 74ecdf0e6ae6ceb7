import { type Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import { canonicalHost } from '../reference.js';
import type { WantedImages } from './image-list.js';

/** Words of an error for who named the targets: a command line, a role. */
export interface TargetWords {
  /** `--to`, `image_sync_local` */
  readonly option: string;
  /** Advice where a list sends an image to another registry. */
  readonly hint: (registry: string) => string;
}

/**
 * Returns a list whose entries name their registry as the targets do. An entry that names none goes to all of them. One
 * that names a registry which is no target is an error: neither of the two is dropped in silence. Each such registry is
 * reported once, at its first entry.
 */
export function sendToTargets(
  wanted: readonly WantedImages[],
  targets: readonly string[],
  { option, hint }: TargetWords,
  diagnostics: Diagnostics,
): WantedImages[] {
  const byName = new Map(targets.map((host) => [comparable(host), host]));
  const strays = new Map<string, WantedImages[]>();
  const sent = wanted.map((entry) => {
    const registry = entry.targetRegistry;
    if (registry === undefined) return entry;
    const target = byName.get(comparable(registry));
    if (target === undefined) strays.set(registry, [...(strays.get(registry) ?? []), entry]);
    return { ...entry, targetRegistry: target ?? registry };
  });
  for (const [registry, [first, ...others]] of strays) {
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    diagnostics.add({
      code: 'image-list',
      message: `the list sends ${first.target}${more} to ${registry}, and ${option} is ${targets.join(', ')}`,
      place: first.place,
      hint: hint(registry),
    });
  }
  return sent;
}

/** {@link sendToTargets} of a command with `--to`. @throws InputError with all errors */
export function sendTo(
  wanted: readonly WantedImages[],
  targets: readonly string[],
  diagnostics: Diagnostics,
): WantedImages[] {
  const hint = (registry: string) =>
    `leave out --to, and images go where the list says; or give --to ${registry} too; or take ${registry}/ out of the list`;
  const sent = sendToTargets(wanted, targets, { option: '--to', hint }, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all);
  return sent;
}

/** Returns the name of an entry with its place, for an error. */
export function entryText({ target, place }: Pick<WantedImages, 'target' | 'place'>): string {
  return `${target}${place === undefined ? '' : ` (${place.file}:${place.line})`}`;
}

/** Returns one spelling for all names of a registry: https has port 443 where none is written. */
function comparable(host: string): string {
  return canonicalHost(host.toLowerCase().replace(/:443$/, ''));
}
