import { defineRole, packages, type TaskItem } from '../../src/index.js';
import { certificates } from '../docker-config/certificates.js';
import { credentialTasks } from '../docker-config/credentials.js';
import { registryTasks } from '../docker-config/podman/registries.js';
import { type Proof, proofOf } from '../docker-config/proof.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'podman-config',
  summary: 'Point podman, buildah, skopeo and cri-o at registries, for the host and for users without root',
  vars,
  tasks: ({ vars, facts }) => {
    const installs = vars.podman_install && vars.podman_packages.length > 0;
    const installed = installs ? vars.podman_packages.map((name) => `package:${name}` as const) : [];
    const settings = {
      registries: vars.podman_registries,
      search: vars.podman_search_registries,
      short_name_mode: vars.podman_short_name_mode,
    };
    const force = { force: vars.podman_config_force, force_variable: 'podman_config_force' };

    const configured = (
      proof: Proof,
      folder: string,
      ownFolder: string,
      how: { become?: { user: string } },
    ): TaskItem[] => [
      ...registryTasks(settings, { folder, ...force, ...proof.again, ...how }),
      ...certificates(vars.podman_ca_certificates, { folder: `${folder}/certs.d`, ...force, ...proof.again, ...how }),
      ...credentialTasks(vars.podman_auths, {
        folder: ownFolder,
        name: 'auth.json',
        ...(how.become === undefined ? { read_before: ['/run/containers/0/auth.json'] } : {}),
        ...force,
        ...proof.again,
        ...how,
      }),
    ];
    const proofs = [
      ...(vars.podman_system
        ? [{ proof: proofOf('podman', vars.podman_proof_image, { needs: installed }), user: undefined }]
        : []),
      ...vars.podman_users.map((user) => {
        const how = { needs: installed, become: { user: user.name } };
        return { proof: proofOf('podman', vars.podman_proof_image, how), user };
      }),
    ];
    return [
      ...(installs ? [packages({ name: vars.podman_packages })] : []),
      ...proofs.flatMap(({ proof, user }) => {
        const own = `${user?.home ?? facts.home}/.config/containers`;
        return configured(
          proof,
          user === undefined ? '/etc/containers' : own,
          own,
          user === undefined ? {} : { become: { user: user.name } },
        );
      }),
      ...proofs.flatMap(({ proof }) => proof.tasks),
    ];
  },
});
