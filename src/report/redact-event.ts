import { withoutSecrets as withoutNamed } from '../diagnostics/secrets/secret-names.js';
import type { Secrets } from '../diagnostics/secrets/secrets.js';
import type { Reporter } from './reporter.js';

/** A reporter that never learns a secret: nothing that it cuts, colours or folds can then break one into parts unseen. */
export function withoutSecrets(reporter: Reporter, secrets: Secrets): Reporter {
  return {
    ...reporter,
    onEvent: (event) => reporter.onEvent(secrets.any || 'diff' in event ? redacted(event, secrets) : event),
    end: (report) => reporter.end(redacted(report, secrets)),
  };
}

/** Words of the protocol and names that events are matched by. */
const fixed = new Set(['event', 'time', 'outcome', 'level', 'problem', 'host', 'hosts']);

function redacted<Value>(value: Value, secrets: Secrets): Value;
function redacted(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return secrets.redact(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]): [string, unknown] => {
    if (name === 'diff' && isDiff(part)) return [name, redactedDiff(part, secrets)];
    return [name, fixed.has(name) ? part : redacted(part, secrets)];
  });
  return Object.fromEntries(parts);
}

interface Diff {
  readonly before: string;
  readonly after: string;
}

function isDiff(value: unknown): value is Diff {
  if (typeof value !== 'object' || value === null) return false;
  return 'before' in value && typeof value.before === 'string' && 'after' in value && typeof value.after === 'string';
}

/** What stands for the secret that a new one takes the place of: nobody has told it, but it is one. */
const former = '(former secret)';

/**
 * A difference without secrets: neither the new one nor, where a line holds a new one, what stood there before; nor, in
 * a line that goes, what its name or its form says is one.
 */
function redactedDiff(diff: Diff, secrets: Secrets): Diff {
  const lines = diff.after.split('\n');
  const kept = new Set(lines);
  const patterns = lines.map((line) => lineWithSecret(line, secrets)).filter((each) => each !== undefined);
  const before = diff.before.split('\n').map((line) => {
    if (kept.has(line) || line.trim() === '') return secrets.redact(line);
    const pattern = patterns.find((each) => each.matches(line));
    return pattern === undefined ? withoutFormer(secrets.redact(line)) : pattern.former;
  });
  return { ...diff, before: before.join('\n'), after: secrets.redact(diff.after) };
}

function withoutFormer(line: string): string {
  return withoutNamed(line).replace(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/g, `$1 ${former}`);
}

/** Which lines may be what stood in place of one that holds a secret: those that begin and end as it does. */
function lineWithSecret(line: string, secrets: Secrets) {
  const parts = secrets.redact(line).split('(secret)');
  const [start = '', ...others] = parts;
  const end = others.at(-1);
  if (end === undefined) return undefined;
  return {
    matches: (other: string) =>
      other.length >= start.length + end.length && other.startsWith(start) && other.endsWith(end),
    former: `${start}${former}${end}`,
  };
}
