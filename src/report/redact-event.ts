import { maskSecretValues } from '../diagnostics/secrets/secret-names.js';
import { mask, type Secrets } from '../diagnostics/secrets/secrets.js';
import { FormerLines } from './former-lines.js';
import type { Reporter } from './reporter.js';

/** Returns a reporter that gets no secrets: when it cuts, colours or folds a text, no part of one can escape. */
export function redactReporter(reporter: Reporter, secrets: Secrets): Reporter {
  return {
    ...reporter,
    onEvent: (event) => reporter.onEvent(secrets.any || 'diff' in event ? redact(event, secrets) : event),
    end: (report) => reporter.end(redact(report, secrets)),
  };
}

/** Fields with words of the protocol, or with names by which events are matched. */
const fixed = new Set(['event', 'time', 'outcome', 'level', 'problem', 'host', 'hosts']);

function redact<Value>(value: Value, secrets: Secrets): Value;
function redact(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return secrets.redact(value);
  if (Array.isArray(value)) return value.map((each) => redact(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]): [string, unknown] => {
    if (name === 'diff' && isDiff(part)) return [name, redactDiff(part, secrets)];
    return [name, fixed.has(name) ? part : redact(part, secrets)];
  });
  return Object.fromEntries(parts);
}

/** Texts of a difference. */
interface DiffTexts {
  readonly before: string;
  readonly after: string;
}

function isDiff(value: unknown): value is DiffTexts {
  if (typeof value !== 'object' || value === null) return false;
  return 'before' in value && typeof value.before === 'string' && 'after' in value && typeof value.after === 'string';
}

/** Replacement for a secret that a new one replaces: it is not in the set, but it is a secret. */
const former = '(former secret)';

/**
 * Returns a difference without secrets. Where a new line has one, the value that it replaces is hidden as well. A deleted
 * line loses whatever its name or its form marks as a secret.
 */
function redactDiff(diff: DiffTexts, secrets: Secrets): DiffTexts {
  const lines = diff.after.split('\n');
  const kept = new Set(lines);
  const withSecrets = new FormerLines();
  for (const line of lines) {
    const parts = secrets.redact(line).split(mask);
    const [start, end] = [parts[0], parts.at(-1)];
    if (parts.length > 1 && start !== undefined && end !== undefined) withSecrets.add(start, end);
  }
  const before = diff.before.split('\n').map((line) => {
    if (kept.has(line) || line.trim() === '') return secrets.redact(line);
    const like = withSecrets.find(line);
    return like === undefined ? redactFormer(secrets.redact(line)) : `${like.start}${former}${like.end}`;
  });
  return { ...diff, before: before.join('\n'), after: secrets.redact(diff.after) };
}

function redactFormer(line: string): string {
  return maskSecretValues(line).replace(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/g, `$1 ${former}`);
}
