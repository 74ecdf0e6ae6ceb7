import { z } from 'zod';
import { contradictionIn, errorIn } from './export-options.js';
import { nfsService } from './firewall-ports.js';
import { type Client, isClient, readClients } from './read-clients.js';
import { unescapedPath } from './read-exports.js';
import { sameFsid } from './same-fsid.js';

const path = z
  .string()
  .regex(/^\/(?!.*\/\.{1,2}(\/|$))[^\0\n\r]*$/, { error: 'must be an absolute path without . and ..' })
  .transform((text) => text.replace(/(?<=[^/])\/+$|(?<=^\/)\/+$/, ''));
const account = z.union([z.string(), z.int().min(0).transform(String)]);
const options = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .default([])
  .transform((list) => list.map((option) => option.trim()).filter((option) => option !== ''));

const client = z.strictObject({
  host: z.string().describe('Name, wildcard, address, network or @netgroup'),
  options: options.describe('Options of exports(5): a list, or separated by commas'),
});

const nobody = 'has no client. Write *(rw,sync) for everybody';

const clients = z
  .union([z.string(), z.array(z.union([z.string(), client])).min(1, { error: nobody }), client])
  .transform((given, issues): Client[] => checked(given, issues));

const share = z
  .strictObject({
    path: path.describe('Directory to share'),
    owner: account.optional(),
    group: account.optional(),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, { error: 'must be octal and quoted: "0755"' })
      .optional(),
    clients: clients.describe('Clients: `*(rw,sync,all_squash)`, or a list of {host, options}'),
  })
  .refine(({ clients }) => new Set(clients.map(({ host }) => host)).size === clients.length, {
    error: 'contains a client twice: exportfs would use the first. Remove one',
    path: ['clients'],
  });

/** A line as it stands in /etc/exports. */
const line = z
  .string()
  .transform((text): z.input<typeof share> => {
    const [, quoted, plain = text, clients = ''] = /^\s*(?:"([^"]*)"|(\S+))(.*)$/s.exec(text) ?? [];
    return { path: unescapedPath(quoted ?? plain), clients };
  })
  .pipe(share);

/** A directory that is shared, with whom. */
export type Share = z.output<typeof share>;

export const vars = z.object({
  nfs_exports: z
    .array(z.union([line, share]))
    .default([])
    .refine((shares) => new Set(shares.map(({ path }) => path)).size === shares.length, {
      error: 'contains a path twice. Give one entry several clients',
    })
    .superRefine((shares, issues) => {
      for (const message of sameFsid(shares)) issues.addIssue({ code: 'custom', message });
    })
    .describe(
      'Directories to share: `/srv/share *(rw,sync,all_squash)`, or path, clients and optionally owner, group and mode. ' +
        'Owner and group, unless given: the account that all clients are squashed to (`all_squash`), else left as they are',
    ),
  nfs_packages: z.array(z.string()).optional().describe('Packages of the NFS server. Default: by operating system'),
  nfs_services: z.array(z.string()).optional().describe('Services of the NFS server. Default: by operating system'),
  nfs_firewall_ports: z
    .array(nfsService)
    .default([])
    .describe(
      'Ports that the firewall of the host lets through, if one runs: `nfs`, which is all that NFS 4 needs; `mountd` and `rpc-bind`, which 3 needs too; or `port/proto`',
    ),
  nfs_export_force: z
    .boolean()
    .default(false)
    .describe('Update an existing `/etc/exports` that differs, as `--force` does'),
});

type Given = string | z.output<typeof client> | readonly (string | z.output<typeof client>)[];

function checked(given: Given, issues: z.core.$RefinementCtx): Client[] {
  const refuse = (message: string) => issues.addIssue({ code: 'custom', message });
  const all = [given].flat().flatMap((each): readonly Client[] => {
    if (typeof each !== 'string') return [each];
    const read = readClients(each);
    if (typeof read !== 'string') return read;
    refuse(read);
    return [];
  });
  if (given === '') refuse(nobody);
  for (const { host, options } of all) {
    if (!isClient(host)) refuse(clientError(host));
    for (const option of options) {
      const error = errorIn(option);
      if (error !== undefined) refuse(`${host}: ${error}`);
    }
    const contradiction = contradictionIn(options);
    if (contradiction !== undefined) refuse(`${host}: ${contradiction}`);
  }
  return all;
}

function clientError(host: string): string {
  if (/[()]/.test(host))
    return `${host} is a client with its options: give the options in \`options\`, or the whole as one string`;
  if (/\s/.test(host)) return `${JSON.stringify(host)} has a blank in it: a client is one name, address or network`;
  return `${host} is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups`;
}
