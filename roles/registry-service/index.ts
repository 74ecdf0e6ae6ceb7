import {
  defineRole,
  fail,
  file,
  flushHandlers,
  provision_program,
  service,
  type TaskItem,
  template,
  user,
} from '../../src/index.js';
import { absentService } from './absent.js';
import { backupTasks } from './backup.js';
import {
  authorityTasks,
  directoryTasks,
  firstAccountTasks,
  folderTasks,
  metricsTokenTasks,
  type ServiceFilesContext,
  serviceTlsTasks,
} from './files.js';
import { openPorts, reachedAddress } from './listen-address.js';
import { service_answers } from './service-answers.js';
import { configFile, configOf, serviceTlsFiles, unit, unitFile, unitText } from './service-files.js';
import { type ServiceVars, vars } from './vars.js';

export default defineRole({
  name: 'registry-service',
  summary: 'Set up the service of accounts, tokens and the index of registries',
  vars,
  tasks: ({ vars, facts, inventoryHostname }) => {
    if (facts.service_manager !== 'systemd')
      return [fail({ title: 'systemd is there', msg: 'the service needs systemd, and the host has none' })];
    if (vars.registry_service_state === 'absent') return absentService(vars);
    const { registry_service_program: program, registry_service_user: name, registry_service_force: force } = vars;
    const restart = service({ title: 'restart the service', name: unit, state: 'restarted', daemon_reload: true });
    const context: ServiceFilesContext = { vars, inventoryHostname, restart };
    const how = { force, force_variable: 'registry_service_force', notify: restart };
    return [
      provision_program({
        title: 'the program of the service',
        path: program,
        sqlite: vars.registry_service_database === undefined,
        notify: restart,
      }),
      user({
        name,
        system: true,
        home: vars.registry_service_directory,
        shell: '/usr/sbin/nologin',
        comment: 'Service of registries',
      }),
      ...folderTasks(context),
      ...serviceTlsTasks(context),
      ...authorityTasks(context),
      ...directoryTasks(context),
      ...firstAccountTasks(context),
      ...metricsTokenTasks(context),
      template({
        src: 'etc/provision-service/service.yaml.hbs',
        dest: configFile,
        data: { config: configOf(vars, inventoryHostname) },
        owner: name,
        group: name,
        // It may hold the password of a database.
        mode: '0600',
        ...(vars.registry_service_database === undefined ? {} : { secret: true }),
        ...how,
      }),
      file({ path: unitFile, content: unitText(vars), mode: '0644', backup: false, ...how }),
      service({
        name: unit,
        state: 'started',
        enabled: true,
        daemon_reload: true,
        needs: [`path:${unitFile}`, `path:${configFile}`, `path:${program}/bin/provision`],
      }),
      flushHandlers,
      service_answers({ title: 'the service answers', url: ownUrl(vars), unit }),
      ...portTasks(vars),
      ...backupTasks(vars, facts.os_family),
    ];
  },
});

/** Returns the URL at which the host itself asks the service for its state. */
function ownUrl(vars: ServiceVars): string {
  const scheme = serviceTlsFiles(vars) === undefined ? 'http' : 'https';
  return `${scheme}://${reachedAddress(vars.registry_service_listen)}/readyz`;
}

function portTasks({
  registry_service_listen: listen,
  registry_service_registry: beside,
  registry_service_firewall: firewall,
}: ServiceVars): readonly TaskItem[] {
  return firewall === 'none' ? [] : openPorts([listen, ...(beside === undefined ? [] : [beside.listen])]);
}
