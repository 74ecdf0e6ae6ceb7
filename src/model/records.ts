/**
 * Records that a host keeps of what provision has written there. They tell an older version of our own text, which may
 * be updated, from somebody's edit, which is not overwritten without force.
 */
export interface HostRecords {
  /**
   * Returns what counts as our own text of a thing: the last that was written, and the one before it, as the last write
   * may not have come to its end. Nothing where we never wrote it.
   *
   * @param key name of the thing, for example `path:/etc/exports`
   */
  valuesOf(key: string): readonly string[];
}

/** Text of a thing, or its digest: `path:/etc/exports` and `sha256:…`. */
export interface RecordedText {
  readonly key: string;
  readonly value: string;
}

/** Text that a change gives a thing, or a thing that it makes. */
export interface WrittenText extends RecordedText {
  /** Text that it has until then; nothing where it is not there, or not known. */
  readonly before?: string | undefined;
  /** Removal of the thing, where the change brings it about: what was there already is nobody's to remove. */
  readonly removal?: Removal | undefined;
}

/** Kind of resource with its parameters: enough to make the same resource in a later run. */
export interface RecordedTask {
  readonly kind: string;
  readonly params: unknown;
}

/** Task that removes a thing again, for the day on which the site no longer names it. */
export interface Removal {
  /** Kind of resource, one of the built-in ones. */
  readonly kind: string;
  /** Its parameters, as a site would give them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Handlers of the task that made the thing run after its removal as well; default: they don't. */
  readonly notifies?: boolean;
  /** Force removes it as well: an entry of a list or a map of which the site gives all that is its own. Default: `--prune` alone does. */
  readonly isOfList?: boolean;
}

/** Names an entry of a file that is ours, in the records of a host. */
export function entryKey(path: string, entry: string): string {
  return `entry:${path} ${entry}`;
}

/** Records of a host that has none, and of a staging folder. */
export const noRecords: HostRecords = { valuesOf: () => [] };

/** Value of a thing that is ours whatever its content is: a key that is made on the host. */
export const anyContent = 'any';

/** Origin of a text that differs from the wanted one. Undefined: provision has never written it. */
export type Origin = 'unchanged' | 'edited' | undefined;

/** Judges whose a text is by the records of the host. */
export function originOf(records: HostRecords, { key, value }: RecordedText): Origin {
  const known = records.valuesOf(key);
  if (known.length === 0) return undefined;
  return known.includes(value) || known.includes(anyContent) ? 'unchanged' : 'edited';
}
