import { z } from 'zod';
import { defineResource, type Plan, type Reply, type Resource, sh } from '../../src/index.js';
import { inEffect } from './export-options.js';
import { type Client, isName, readClients } from './read-clients.js';

const params = z.strictObject({
  shares: z.array(
    z.object({
      path: z.string(),
      clients: z.array(z.object({ host: z.string(), options: z.array(z.string()) })),
    }),
  ),
  services: z.array(z.string()),
});

/** One directory shared with one client. */
interface Export extends Client {
  readonly path: string;
}

interface ExportsState {
  readonly installed: boolean;
  /** What the server's table says: what it gives to clients that ask. */
  readonly exported: readonly Export[];
  /** What the files say that exportfs reads. */
  readonly written: readonly Export[];
}

/**
 * What the NFS server really exports, compared with what was asked: read from the table that it answers clients from.
 * What the files say and the server does not is exported; what the files don't say either was kept out of them.
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
  const [, first, exported, written] = /^([^@]*)@exported\n([\s\S]*?)@written\n([\s\S]*)$/.exec(reply.stdout) ?? [];
  if (exported === undefined || written === undefined) throw new Error(`could not look: ${reply.stderr.trim()}`);
  return { installed: first === 'installed\n', exported: readExports(exported), written: readExports(written) };
}

/** Lines of exports(5), or of the server's table, which is written alike. What can't be read is nobody's export. */
function readExports(text: string): Export[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, quoted, plain = '', rest = ''] = /^\s*(?:"([^"]*)"|([^\s#"]\S*))\s*(.*?)\s*$/.exec(line) ?? [];
      const path = unescaped(quoted ?? plain);
      const clients = readClients(rest.replace(/(^|\s)#.*/, ''));
      return path === '' || typeof clients === 'string' ? [] : clients.map((client) => ({ path, ...client }));
    });
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Differences between what is asked and what the server exports, and what to do about them. */
export function plan({ installed, exported, written }: ExportsState, asked: readonly Export[]): Plan<ExportsState> {
  const lacking = asked.flatMap((each) => {
    const why = difference(each, exported);
    return why === undefined ? [] : [{ export: each, why }];
  });
  const details = exported.map(named);
  if (lacking.length === 0) return { verdict: 'ok', details };
  const said = lacking.map(({ export: each, why }) => `${each.path} to ${each.host}: ${why}`).join('; ');
  const notWritten = lacking.filter(({ export: each }) => !written.some((line) => sameExport(line, each)));
  const kept = {
    summary: `not exported as asked, for /etc/exports was kept as it is (${said})`,
    hint: '--force or nfs_export_force: true updates /etc/exports',
  };
  if (installed && written.length > 0 && notWritten.length === lacking.length) return { verdict: 'kept', ...kept };
  return {
    verdict: 'change',
    summary: `exported anew (${said})`,
    details,
    apply: { via: 'sh', script: sh`exportfs -ra` },
    ...(installed ? {} : { uncertain: 'there is no exportfs on the host yet' }),
    ...(notWritten.length > 0 && written.length > 0 ? { kept } : {}),
    verify: (after) => {
      const left = asked.flatMap((each) => {
        const why = difference(each, after.exported);
        return why === undefined || !after.written.some((line) => sameExport(line, each))
          ? []
          : [`${each.path} to ${each.host}: ${why}`];
      });
      return left.length === 0 ? undefined : `the server does not export as asked: ${left.join('; ')}`;
    },
  };
}

function difference(asked: Export, exported: readonly Export[]): string | undefined {
  const there = exported.filter(({ path }) => path === asked.path);
  const found =
    there.find(({ host }) => host === asked.host) ?? (isName(asked.host) ? resolved(asked, there) : undefined);
  if (found === undefined) return 'not exported';
  const has = inEffect(found.options);
  const wrong = [...inEffect(asked.options)].filter(([name, value]) => has.get(name) !== value);
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
    there.find(({ host }) => isName(host) && host.split('.')[0] === first) ??
    there.find((each) => isName(each.host) && sameOptions(each, asked))
  );
}

function sameExport(a: Export, b: Export): boolean {
  return a.path === b.path && a.host === b.host && sameOptions(a, b);
}

function sameOptions(a: Client, b: Client): boolean {
  const [left, right] = [inEffect(a.options), inEffect(b.options)];
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}

function named({ path, host, options }: Export): string {
  return `${path} ${host}(${options.join(',')})`;
}
