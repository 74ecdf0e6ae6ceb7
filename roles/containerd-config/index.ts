import { containerd_config, defineRole, directory, InputError, service, type TaskItem } from '../../src/index.js';
import { certificates } from '../docker-config/certificates.js';
import { missing_packages } from '../docker-config/missing-packages.js';
import { proofOf } from '../docker-config/proof.js';
import { read_first } from '../docker-config/read-first.js';
import { hostsFiles } from './hosts.js';
import { hosts_toml } from './hosts-toml.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'containerd-config',
  summary: 'Point containerd at registries, by hosts.toml files that it reads without a restart',
  vars,
  tasks: ({ vars, facts }) => {
    const nowhere = vars.containerd_registries.find(
      ({ registry, location, mirrors }) => registry === '_default' && location === undefined && mirrors.length === 0,
    );
    if (nowhere !== undefined) {
      const message = 'containerd_registries: _default needs a location or mirrors';
      throw new InputError([{ code: 'role-variables', message }]);
    }
    const names = vars.containerd_packages ?? [facts.os_family === 'redhat' ? 'containerd.io' : 'containerd'];
    const installs = vars.containerd_install && names.length > 0;
    const installed = installs ? names.map((name) => `package:${name}` as const) : [];
    const folder = vars.containerd_certs_dir;
    const files = hostsFiles(vars);
    // containerd reads the folder with the port between underscores first, which Windows needs.
    const hidden = files.flatMap(({ registry }) => {
      const [, host, port] = /^(.+):(\d+)$/.exec(registry) ?? [];
      return port === undefined
        ? []
        : [{ path: `${folder}/${host}_${port}_/hosts.toml`, hides: `${folder}/${registry}/hosts.toml` }];
    });
    const force = { force: vars.containerd_config_force, force_variable: 'containerd_config_force' };
    const proof = proofOf('containerd', vars.containerd_proof_image, {
      needs: installed,
      namespace: vars.containerd_namespace,
      hosts_dir: folder,
    });
    // Containerd's own configuration is read once; what runs in containers goes on.
    const restart = service({
      title: `restart ${vars.containerd_service}`,
      name: vars.containerd_service,
      state: 'restarted',
    });

    return [
      ...(installs
        ? [
            missing_packages({ name: names, program: 'containerd' }),
            service({ name: vars.containerd_service, state: 'started', enabled: true, needs: installed }),
          ]
        : []),
      // First, so that a restart comes ahead of the pull that proves it.
      ...(files.length > 0
        ? [
            containerd_config({
              path: vars.containerd_config_file,
              config_path: folder,
              ...force,
              needs: installed,
              notify: [restart, ...(proof.again.notify ?? [])],
            }),
          ]
        : []),
      ...certificates(vars.containerd_ca_certificates, { folder, ...force, ...proof.again }),
      ...files.flatMap(({ registry, ...data }): TaskItem[] => {
        const accounts = data.hosts.filter(({ authorization }) => authorization !== '');
        const secret = accounts.length > 0;
        return [
          directory({ path: `${folder}/${registry}` }),
          hosts_toml({
            src: 'etc/containerd/certs.d/hosts.toml.hbs',
            dest: `${folder}/${registry}/hosts.toml`,
            data: { registry, ...data },
            accounts: accounts.map(({ url, authorization }) => ({ url, authorization })),
            mode: secret ? '0600' : '0644',
            secret,
            ...force,
            ...proof.again,
          }),
        ];
      }),
      ...(hidden.length === 0
        ? []
        : [read_first({ title: 'no hosts.toml that containerd reads first', client: 'containerd', paths: hidden })]),
      ...proof.tasks,
    ];
  },
});
