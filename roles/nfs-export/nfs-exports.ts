import { z } from 'zod';
import { defineResource, type Plan, type Reply, type Resource, sh } from '../../src/index.js';
import { exportAgain } from './check-exports.js';
import { describeLacks, missingExports, sameExport } from './compare-exports.js';
import { type Export, named, readExports } from './read-exports.js';

const params = z.strictObject({
  shares: z.array(
    z.object({
      path: z.string(),
      clients: z.array(z.object({ host: z.string(), options: z.array(z.string()) })),
    }),
  ),
  services: z.array(z.string()),
});

interface ExportsState {
  readonly installed: boolean;
  /** Real paths of shares that are, or lead through, symbolic links: the server's table has these. */
  readonly realPaths: ReadonlyMap<string, string>;
  /** Exports in the server's table, from which it answers clients. */
  readonly exported: readonly Export[];
  /** Exports in the files that exportfs reads. */
  readonly written: readonly Export[];
}

/**
 * Exports of the running NFS server, read from the table from which it answers clients. An export that the files have
 * and the server lacks is exported; one that the files lack was kept out of them.
 */
export const nfs_exports = defineResource({
  kind: 'nfs_exports',
  summary: 'What the NFS server exports',
  params,
  create: ({ shares, services }): Resource<ExportsState> => ({
    kind: 'nfs_exports',
    id: shares.map(({ path }) => path).join(' '),
    provides: [],
    needs: [
      'path:/etc/exports',
      ...shares.map(({ path }) => `path:${path}` as const),
      ...services.map((name) => `service:${name}` as const),
    ],
    staging: 'skip',
    probe: () => sh`command -v exportfs >/dev/null 2>&1 && echo installed
for share in ${shares.map(({ path }) => path)}; do
  real=$(readlink -f -- "$share" 2>/dev/null) && [ "$real" != "$share" ] && printf 'link %s\n%s\n' "$share" "$real"
done
echo @exported; cat /var/lib/nfs/etab 2>/dev/null
echo @written; cat /etc/exports /etc/exports.d/*.exports 2>/dev/null
:`,
    parse: parseExports,
    plan: (state) =>
      plan(
        state,
        shares.flatMap(({ path, clients }) => clients.map((client) => ({ path, ...client }))),
      ),
    result: ({ exported }) => ({ exports: exported.map(named) }),
  }),
});

/** @throws Error when the probe printed what it never should */
export function parseExports(reply: Reply): ExportsState {
  const [, first = '', exported, written] =
    /^((?:(?!@exported\n).*\n)*)@exported\n([\s\S]*?)@written\n([\s\S]*)$/.exec(reply.stdout) ?? [];
  if (exported === undefined || written === undefined) throw new Error(`could not look: ${reply.stderr.trim()}`);
  const links = [...first.matchAll(/^link (\/.*)\n(\/.*)$/gm)];
  return {
    installed: /^installed$/m.test(first),
    realPaths: new Map(links.map(([, path = '', real = '']) => [path, real])),
    exported: readExports(exported),
    written: readExports(written),
  };
}

/** Differences between what is asked and what the server exports, and what to do about them. */
export function plan(state: ExportsState, asked: readonly Export[]): Plan<ExportsState> {
  const { installed, exported } = state;
  const lacking = missingExports(exported, asked, state.realPaths);
  const details = exported.map(named);
  if (lacking.length === 0) return { verdict: 'ok', details };
  const difference = describeLacks(lacking);
  const notWritten = lacking.filter(({ export: each }) => !isWritten(each, state));
  const kept = {
    summary: `differs, because /etc/exports was kept (${difference})`,
    hint: 'set nfs_export_force: true (or --force) to update /etc/exports',
    origin: 'follows' as const,
  };
  if (installed && notWritten.length === lacking.length) return { verdict: 'kept', ...kept };
  return {
    verdict: 'change',
    summary: `exported again (${difference})`,
    details,
    apply: { via: 'sh', script: exportAgain },
    ...(installed ? {} : { uncertain: 'there is no exportfs on the host yet' }),
    ...(installed && notWritten.length > 0 ? { kept } : {}),
    verify: (after) => {
      const left = missingExports(after.exported, asked, after.realPaths).filter(({ export: each }) =>
        isWritten(each, after),
      );
      return left.length === 0 ? undefined : `the server does not export as asked: ${describeLacks(left)}`;
    },
  };
}

function isWritten(asked: Export, { written }: ExportsState): boolean {
  return written.some((line) => sameExport(line, asked));
}
