import { posix } from 'node:path';
import { z } from 'zod';
import { ca_certificate, certificate, controllerFile, directory, file, type TaskItem } from '../../src/index.js';

const { names, days, renew_days, key_type } = certificate.params.shape;
const ofController = controllerFile(z.string().min(1));

/** Path of a host that stands in configurations and units as it is. */
export const plainPath = z
  .string()
  .regex(/^\/[\w.+@/-]*[\w.+@-]$/, { error: 'must be an absolute path, without blanks' });

/** Certificate that a service serves: by the run's own authority, or by files of the host or of the controller. */
export const servedTls = z.union([
  z.enum(['own-ca', 'off']),
  z.strictObject({ certificate: plainPath, key: plainPath }),
  z.strictObject({ ca: z.literal('own'), names, days, renew_days, key_type }),
  z.strictObject({ src: z.strictObject({ certificate: ofController, key: ofController }) }),
]);

type ServedTls = z.output<typeof servedTls>;

/** Files of a certificate and its key. */
export interface ServedTlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Returns the files of certificate and key, in a folder where they are brought; undefined: it speaks plain http. */
export function servedTlsFiles(tls: ServedTls, folder: string): ServedTlsFiles | undefined {
  if (tls === 'off') return undefined;
  if (typeof tls === 'object' && 'certificate' in tls) return tls;
  return { certificate: `${folder}/service.crt`, key: `${folder}/service.key` };
}

/** Returns the file with the authority of its certificate; undefined: another's, or none. */
export function servedAuthorityFile(tls: ServedTls, folder: string): string | undefined {
  return tls === 'own-ca' || (typeof tls === 'object' && 'ca' in tls) ? `${folder}/ca.crt` : undefined;
}

/** Tells if a certificate would be renewed as soon as it is made. */
export function renewsAlways(tls: ServedTls): boolean {
  return typeof tls === 'object' && 'ca' in tls && tls.renew_days !== undefined && tls.renew_days >= tls.days;
}

/** Options of {@link servedTlsTasks}. */
export interface ServedTlsOptions {
  readonly tls: ServedTls;
  /** Folder of the files that are brought. */
  readonly folder: string;
  /** Name or address that clients use. */
  readonly host: string;
  /** Group that reads the key. */
  readonly group: string;
  readonly force: boolean;
  readonly force_variable: string;
}

/** Returns the tasks that bring certificate and key. The service reads them again when they change. */
export function servedTlsTasks(options: ServedTlsOptions): readonly TaskItem[] {
  const { tls, folder: path, host, group, force, force_variable } = options;
  const files = servedTlsFiles(tls, path);
  if (files === undefined || tls === 'off' || (typeof tls === 'object' && 'certificate' in tls)) return [];
  const folder = directory({ path: posix.dirname(files.certificate), mode: '0755' });
  const how = { force, force_variable };
  const own = { owner: 'root', group };
  if (typeof tls === 'object' && 'src' in tls) {
    return [
      folder,
      file({ path: files.key, src: tls.src.key, ...own, mode: '0640', secret: true, ...how }),
      file({ path: files.certificate, src: tls.src.certificate, mode: '0644', ...how }),
    ];
  }
  const authority = servedAuthorityFile(tls, path);
  const { names = [], days, renew_days, key_type } = tls === 'own-ca' ? {} : tls;
  return [
    folder,
    certificate({
      ...files,
      names: [...new Set([host, ...names])],
      ...(days === undefined ? {} : { days }),
      ...(renew_days === undefined ? {} : { renew_days }),
      ...(key_type === undefined ? {} : { key_type }),
      ...own,
      ...how,
    }),
    ...(authority === undefined ? [] : [ca_certificate({ path: authority, ...how })]),
  ];
}
