import { posix } from 'node:path';
import { ca_certificate, certificate, directory, file, type TaskItem } from '../../../src/index.js';
import type { FilesContext, RegistryInstance } from '../instance/registry-instance.js';
import { given_certificate } from './given-certificate.js';

/** Returns the tasks that bring certificate and key to the host. They come before the configuration that names them. */
export function tlsTasks(instance: RegistryInstance, context: FilesContext): readonly TaskItem[] {
  const { tls: files, vars, user } = instance;
  const { registry_tls: tls } = vars;
  if (tls === undefined || files === undefined || (typeof tls === 'object' && 'certificate' in tls)) return [];
  const { when, installed } = context;
  const notify = context.restart === undefined ? {} : { notify: context.restart };
  const needs = [...installed];
  const group = user === undefined ? {} : { group: user };
  const force = { force: instance.force, force_variable: 'registry_force' };
  const folder = directory({ when, path: posix.dirname(files.certificate), mode: '0755', needs });
  if (typeof tls === 'object' && 'src' in tls) {
    const mode = user === undefined ? '0600' : '0640';
    const { inventoryHostname, facts } = context.role;
    const names = [...new Set([inventoryHostname, facts.fqdn, facts.hostname, facts.default_address, 'localhost'])];
    return [
      given_certificate({
        when,
        src: tls.src.certificate,
        names: names.filter((each) => each !== ''),
        force: instance.force,
      }),
      folder,
      file({ when, path: files.key, src: tls.src.key, ...group, mode, secret: true, ...force, needs, ...notify }),
      file({ when, path: files.certificate, src: tls.src.certificate, mode: '0644', ...force, needs, ...notify }),
    ];
  }
  const { names = [], days, renew_days, key_type } = tls === 'own-ca' ? {} : tls;
  return [
    folder,
    certificate({
      when,
      ...files,
      names: [...names, ...addressOf(instance)],
      ...(days === undefined ? {} : { days }),
      ...(renew_days === undefined ? {} : { renew_days }),
      ...(key_type === undefined ? {} : { key_type }),
      ...ownerOf(context),
      ...group,
      ...force,
      needs,
      ...notify,
    }),
    ...ownTrust(instance, context, names),
  ];
}

function addressOf({ address }: RegistryInstance): string[] {
  return address === '' || address === '0.0.0.0' || address === '::' ? [] : [address];
}

/** Returns the owner of the files: the user, where there is no root. */
function ownerOf({ role }: FilesContext): { owner: string; group: string } | Record<never, never> {
  const { uid, user } = role.facts;
  return uid === 0 || role.host.root !== '' ? {} : { owner: user, group: user };
}

/**
 * Returns the tasks by which the host trusts its own registry, for its docker, podman and skopeo, and for image-sync,
 * which trusts what the host trusts.
 */
function ownTrust(
  { port }: RegistryInstance,
  { role, when }: FilesContext,
  names: readonly string[],
): readonly TaskItem[] {
  if (role.facts.uid !== 0) return [];
  const registries = new Set(['localhost', role.inventoryHostname, ...names].map((name) => `${name}:${port}`));
  return [...registries].flatMap((registry) => [
    directory({ when, path: `/etc/docker/certs.d/${registry}` }),
    ca_certificate({ when, path: `/etc/docker/certs.d/${registry}/ca.crt` }),
  ]);
}
