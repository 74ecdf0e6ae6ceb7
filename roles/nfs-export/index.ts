import { command, defineRole, directory, firewall_port, flushHandlers, packages, service } from '../../src/index.js';
import { exportAgain, validateExports } from './check-exports.js';
import { exports_file } from './exports-file.js';
import { portsOf } from './firewall-ports.js';
import { nfs_exports } from './nfs-exports.js';
import { type NfsPlatform, nfsPlatformOf } from './platform.js';
import { type Share, vars } from './vars.js';

export default defineRole({
  name: 'nfs-export',
  summary: 'Share directories over NFS',
  vars,
  tasks: ({ vars, facts }) => {
    const platform = nfsPlatformOf(vars, facts);
    const installed = platform.packages.map((name) => `package:${name}` as const);
    const shares = vars.nfs_exports.map(({ path, clients }) => ({ path, clients }));
    return [
      packages({ name: [...platform.packages] }),
      ...vars.nfs_exports.map((share) =>
        directory({
          path: share.path,
          ...ownership(share, platform),
          ...(share.mode === undefined ? {} : { mode: share.mode }),
          // The anonymous account comes with the packages on some systems.
          needs: installed,
        }),
      ),
      exports_file({
        src: 'etc/exports.hbs',
        dest: '/etc/exports',
        data: { exports: shares.map((share) => ({ ...share, path: escaped(share.path) })) },
        mode: '0644',
        validate: validateExports,
        force: vars.nfs_export_force,
        force_variable: 'nfs_export_force',
        needs: installed,
        // A package brings it: without shares it is left empty.
        removal: { kind: 'written_file', params: { path: '/etc/exports', leaves: '' }, notifies: true },
        notify: command({ title: 'export again', cmd: exportAgain.script, always: true }),
      }),
      ...platform.services.map((name) => service({ name, state: 'started', enabled: true, needs: installed })),
      ...portsOf(vars.nfs_firewall_ports).map((port) => firewall_port({ port })),
      flushHandlers,
      ...(shares.length === 0
        ? []
        : [
            nfs_exports({
              title: 'the server exports what /etc/exports says',
              shares,
              services: [...platform.services],
            }),
          ]),
    ];
  },
});

/** Returns the owner of a directory: the account that every client is squashed to, if there is one. */
function ownership({ owner, group, clients }: Share, { anonymous }: NfsPlatform): { owner?: string; group?: string } {
  const squashed = clients.every(({ options }) => options.includes('all_squash'));
  const optionValue = (name: string) =>
    clients
      .flatMap(({ options }) => options)
      .find((option) => option.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const [byUser, byGroup] = squashed
    ? [optionValue('anonuid') ?? anonymous.owner, optionValue('anongid') ?? anonymous.group]
    : [undefined, undefined];
  const [itsOwner, itsGroup] = [owner ?? byUser, group ?? byGroup];
  return {
    ...(itsOwner === undefined ? {} : { owner: itsOwner }),
    ...(itsGroup === undefined ? {} : { group: itsGroup }),
  };
}

/** A path as exports(5) has it: what would end it or mean something else there in octal. */
function escaped(path: string): string {
  return path.replace(/[\s"#\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
