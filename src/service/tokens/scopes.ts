/** AskedScope that a client asks for (distribution: "Token AskedScope Documentation"). */
export interface AskedScope {
  readonly type: string;
  /** May begin with `host:port/`. */
  readonly name: string;
  readonly actions: readonly string[];
}

/** Scopes and actions of one request at most: mounts ask for many repositories, and a token must fit a header. */
const most = 60;

const shape = /^([a-z0-9]+)(?:\([a-z0-9]+\))?:([^\s]+):([a-z*,]+)$/;

/**
 * Reads the scopes of a request: several in one text, repeated, a repository twice. What can't be read is left out, as clients
 * ask for what they like; so is what is beyond the sixtieth.
 */
export function readScopes(texts: readonly string[]): { readonly scopes: AskedScope[]; readonly dropped: string[] } {
  const merged = new Map<string, { type: string; name: string; actions: Set<string> }>();
  const dropped: string[] = [];
  for (const text of texts.flatMap((each) => each.split(/[ \t]+/)).filter((each) => each !== '')) {
    const found = shape.exec(text);
    const [, type, name, actions] = found ?? [];
    const id = `${type}:${name}`;
    if (type === undefined || name === undefined || actions === undefined || (merged.size >= most && !merged.has(id))) {
      dropped.push(text);
      continue;
    }
    const entry = merged.get(id) ?? { type, name, actions: new Set<string>() };
    for (const action of actions.split(',').filter((each) => each !== '')) entry.actions.add(action);
    merged.set(id, entry);
  }
  return { scopes: [...merged.values()].map((entry) => ({ ...entry, actions: [...entry.actions] })), dropped };
}
