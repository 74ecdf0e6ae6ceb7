import { effectiveOptions } from './export-options.js';
import { type Client, isName } from './read-clients.js';
import type { Export } from './read-exports.js';

/** An export that the server lacks as it was asked, and what it has. */
export interface Lack {
  readonly export: Export;
  readonly why: string;
}

/** Returns the wanted exports that are missing, or that differ. The server's table has real paths, symbolic links followed. */
export function missingExports(
  exported: readonly Export[],
  asked: readonly Export[],
  realPaths: ReadonlyMap<string, string> = new Map(),
): Lack[] {
  return asked.flatMap((each) => {
    const real = realPaths.get(each.path) ?? each.path;
    const there = exported.filter(({ path }) => path === each.path || path === real);
    const why = difference(each, there);
    return why === undefined ? [] : [{ export: each, why }];
  });
}

/** Returns the differences in one line. */
export function describeLacks(lacking: readonly Lack[]): string {
  const most = 3;
  const words = lacking.slice(0, most).map(({ export: each, why }) => `${each.path} to ${each.host}: ${why}`);
  return [...words, ...(lacking.length > most ? [`and ${lacking.length - most} more`] : [])].join('; ');
}

function difference(asked: Export, there: readonly Export[]): string | undefined {
  const found =
    there.find(({ host }) => host === asked.host) ?? (isName(asked.host) ? resolved(asked, there) : undefined);
  if (found === undefined) return 'not exported';
  const has = effectiveOptions(found.options);
  const wrong = [...effectiveOptions(asked.options)].filter(([name, value]) => has.get(name) !== value);
  return wrong.length === 0 ? undefined : `has ${wrong.map(([name]) => option(name, has.get(name))).join(', ')}`;
}

function option(name: string, value: string | undefined): string {
  if (value === undefined) return `no ${name}`;
  return value === '' || value === name || (/^[a-z_]+$/.test(value) && name !== 'sec')
    ? value || name
    : `${name}=${value}`;
}

/** exportfs writes names and addresses as its resolver has them: the full name for a short one. */
function resolved(asked: Export, there: readonly Export[]): Export | undefined {
  const first = asked.host.split('.')[0];
  return (
    (/^\d+$/.test(first ?? '') ? undefined : there.find(({ host }) => isName(host) && host.split('.')[0] === first)) ??
    there.find((each) => isName(each.host) && sameOptions(each, asked))
  );
}

/** Tells whether two lines have the same effect. */
export function sameExport(a: Export, b: Export): boolean {
  return a.path === b.path && a.host === b.host && sameOptions(a, b);
}

function sameOptions(a: Client, b: Client): boolean {
  const [left, right] = [effectiveOptions(a.options), effectiveOptions(b.options)];
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}
