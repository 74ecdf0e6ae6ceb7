import type { z } from 'zod';
import { ca_certificate, directory, file, type TaskItem } from '../../src/index.js';
import type { vars } from './vars.js';

/** Certificate authorities of single registries, where docker, podman, skopeo and containerd look for them. */
export function certificates({ docker_ca_certificates, docker_config_force }: z.output<typeof vars>): TaskItem[] {
  const force = { force: docker_config_force, force_variable: 'docker_config_force' };
  return docker_ca_certificates.flatMap(({ registry, src, content, from }) => {
    const path = `/etc/docker/certs.d/${registry}/ca.crt`;
    return [
      directory({ path: `/etc/docker/certs.d/${registry}` }),
      from === 'own-ca'
        ? ca_certificate({ path, ...force })
        : file({
            path,
            ...(src === undefined ? {} : { src }),
            ...(content === undefined ? {} : { content }),
            mode: '0644',
            ...force,
          }),
    ];
  });
}
