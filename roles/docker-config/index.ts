import {
  defineRole,
  directory,
  docker_sysconfig,
  file,
  flushHandlers,
  json_file,
  packages,
  service,
  template,
} from '../../src/index.js';
import { type DaemonSettings, flagSettings, liveSettings, restartSettings } from './daemon-settings.js';
import { docker_daemon } from './docker-daemon.js';
import { docker_option_conflicts } from './option-conflicts.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'docker-config',
  summary: 'Install docker where asked, and point it at registries',
  vars,
  tasks: ({ vars, facts, host }) => {
    const redHat = facts.os_family === 'redhat';
    const inSysconfig = vars.docker_config_style === 'sysconfig' || (vars.docker_config_style === 'auto' && redHat);
    const unit = vars.docker_service;
    const names = vars.docker_packages ?? (redHat ? ['docker'] : ['docker.io']);
    const needs = vars.docker_install ? names.map((name) => `package:${name}` as const) : [];
    const present = vars.docker_install || facts.docker_version !== '' || host.root !== '';
    const force = { force: vars.docker_config_force, force_variable: 'docker_config_force' };
    const restart = service({ title: 'restart docker', name: unit, state: 'restarted', daemon_reload: true });
    const live = liveSettings(vars);
    const restarting = restartSettings(vars);
    const flags = inSysconfig ? flagSettings(vars) : [];
    const onlySysconfig = {
      docker_add_registries: vars.docker_add_registries,
      docker_block_registries: vars.docker_block_registries,
      docker_options: vars.docker_options,
    };
    refuseWrongStyle(
      inSysconfig ? [] : Object.entries(onlySysconfig),
      redHat,
      inSysconfig,
      vars.docker_add_registries.length + vars.docker_block_registries.length,
    );

    const daemonJson = (merge: DaemonSettings) => ({
      path: '/etc/docker/daemon.json',
      merge,
      mode: '0644',
      needs,
      ...force,
    });
    return [
      ...(vars.docker_install ? [packages({ name: names })] : []),
      docker_option_conflicts({
        title: 'no option of dockerd in two places',
        service: unit,
        keys: inSysconfig ? [] : Object.keys({ ...live, ...restarting }),
        flags: [
          ...flags,
          ...(inSysconfig && vars.docker_insecure_registries.length > 0 ? ['--insecure-registry'] : []),
        ],
      }),
      ...vars.docker_ca_certificates.flatMap(({ registry, src, content }) => [
        directory({ path: `/etc/docker/certs.d/${registry}`, mode: '0755' }),
        file({
          path: `/etc/docker/certs.d/${registry}/ca.crt`,
          mode: '0644',
          ...force,
          ...(src === undefined ? { content: content ?? '' } : { src }),
        }),
      ]),
      ...(inSysconfig
        ? [
            directory({ path: '/etc/sysconfig' }),
            docker_sysconfig({
              insecure_registries: vars.docker_insecure_registries,
              add_registries: vars.docker_add_registries,
              block_registries: vars.docker_block_registries,
              options: flags,
              satisfied_by: vars.docker_config_satisfied_by,
              mode: '0644',
              needs,
              ...force,
              notify: restart,
            }),
            ...(redHat ? [] : dropIn('sysconfig', {})),
          ]
        : [
            ...(Object.keys({ ...live, ...restarting }).length > 0 ? [directory({ path: '/etc/docker', needs })] : []),
            ...(Object.keys(restarting).length > 0
              ? [json_file({ ...daemonJson(restarting), title: 'daemon.json: what needs a restart', notify: restart })]
              : []),
            ...(Object.keys(live).length > 0
              ? [json_file({ ...daemonJson(live), title: 'daemon.json: registries and live-restore' })]
              : []),
          ]),
      ...(vars.docker_proxies === undefined
        ? []
        : dropIn('http-proxy', { http: '', https: '', no_proxy: '', ...vars.docker_proxies })),
      ...(present
        ? [
            service({ name: unit, state: 'started', enabled: true, daemon_reload: true }),
            flushHandlers,
            docker_daemon({ title: 'dockerd holds what its files say', service: unit }),
          ]
        : []),
    ];

    function dropIn(name: string, data: Record<string, unknown>) {
      const folder = `/etc/systemd/system/${unit}.service.d`;
      return [
        directory({ path: folder, mode: '0755' }),
        template({
          src: `etc/systemd/system/docker.service.d/${name}.conf.hbs`,
          dest: `${folder}/${name}.conf`,
          data,
          mode: '0644',
          ...force,
          notify: restart,
        }),
      ];
    }
  },
});

/** Some settings exist in one style, or in Red Hat's docker, only: said rather than left out. */
function refuseWrongStyle(
  given: readonly (readonly [string, readonly string[]])[],
  redHat: boolean,
  inSysconfig: boolean,
  searched: number,
): void {
  const wrong = given.find(([, values]) => values.length > 0);
  if (wrong !== undefined)
    throw new Error(`${wrong[0]} needs docker_config_style: sysconfig; daemon.json has no such setting`);
  if (inSysconfig && !redHat && searched > 0) {
    throw new Error(
      "docker_add_registries and docker_block_registries are flags of Red Hat's docker; the one of this host does not have them",
    );
  }
}
