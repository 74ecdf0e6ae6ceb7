import { ca_certificate, directory, file, type Task, type TaskItem, type TaskOptions } from '../../src/index.js';
import type { RegistryCertificate } from './registry-certificate.js';

/** Options of a folder of certificates. */
export interface CertificatePlace extends Pick<TaskOptions, 'become' | 'notify'> {
  /** `/etc/docker/certs.d`, which docker, podman and containerd read; `/etc/containers/certs.d`, which podman reads first. */
  readonly folder: string;
  readonly force: boolean;
  readonly force_variable: string;
}

/** Returns the tasks that write authorities and client certificates to the folder where an engine reads them. */
export function certificates(of: readonly RegistryCertificate[], { folder, ...how }: CertificatePlace): TaskItem[] {
  return of.flatMap(({ registry, src, content, from, client }) => {
    const path = `${folder}/${registry}/ca.crt`;
    const sent = (name: string, src: string, mode: string, secret = false): Task =>
      file({ path: `${folder}/${registry}/${name}`, src, mode, secret, ...how });
    return [
      directory({ path: `${folder}/${registry}`, ...(how.become === undefined ? {} : { become: how.become }) }),
      from === 'own-ca'
        ? ca_certificate({ path, ...how })
        : file({
            path,
            ...(src === undefined ? {} : { src }),
            ...(content === undefined ? {} : { content }),
            mode: '0644',
            ...how,
          }),
      ...(client === undefined
        ? []
        : [sent('client.cert', client.certificate, '0644'), sent('client.key', client.key, '0600', true)]),
    ];
  });
}
