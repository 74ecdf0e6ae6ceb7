import {
  defineRole,
  directory,
  fail,
  file,
  flushHandlers,
  provision_program,
  service,
  type TaskItem,
  user,
} from '../../src/index.js';
import { openPorts } from '../registry-service/listen-address.js';
import { service_answers } from '../registry-service/service-answers.js';
import { absentPublish } from './absent.js';
import { craneConfigFile, publishFolder, publishUnit, publishUnitFile } from './publish-places.js';
import { configTasks, publishTlsTasks } from './publish-tasks.js';
import { ownAddress, publishUnitText } from './publish-unit.js';
import { type LocalRedirects, localRedirects, redirectTasks } from './redirect-tasks.js';
import { redirects_served } from './redirects-served.js';
import { type PublishVars, vars } from './vars.js';

export default defineRole({
  name: 'publish-serve',
  summary: 'Answer pulls of images whose content lies elsewhere, as Crane did',
  vars,
  tasks: ({ vars, facts, host, inventoryHostname }) => {
    if (facts.service_manager !== 'systemd')
      return [fail({ title: 'systemd is there', msg: 'the service needs systemd, and the host has none' })];
    if (vars.publish_serve_state === 'absent') return absentPublish(vars);
    const { publish_serve_program: program, publish_serve_user: name, publish_serve_force: force } = vars;
    const redirects = localRedirects(vars, host);
    const restart = service({
      title: 'restart the service',
      name: publishUnit,
      state: 'restarted',
      daemon_reload: true,
    });
    return [
      provision_program({ title: 'the program of the service', path: program, sqlite: false, notify: restart }),
      user({
        name,
        system: true,
        home: publishFolder,
        shell: '/usr/sbin/nologin',
        comment: 'Answers to pulls',
      }),
      ...configTasks(vars, restart),
      ...publishTlsTasks(vars, inventoryHostname),
      directory({ path: vars.publish_serve_data_dir }),
      ...(redirects === undefined ? [] : redirectTasks(vars, redirects)),
      file({
        path: publishUnitFile,
        content: publishUnitText(vars),
        mode: '0644',
        backup: false,
        force,
        force_variable: 'publish_serve_force',
        notify: restart,
      }),
      service({
        name: publishUnit,
        state: 'started',
        enabled: true,
        daemon_reload: true,
        needs: [`path:${publishUnitFile}`, `path:${craneConfigFile}`, `path:${program}/bin/provision`],
      }),
      flushHandlers,
      service_answers({ title: 'the service answers', url: `${ownAddress(vars)}/v2/`, unit: publishUnit }),
      ...(redirects === undefined ? [] : servedTasks(vars, redirects)),
      ...(vars.publish_serve_firewall === 'none' ? [] : openPorts([vars.publish_serve_listen])),
    ];
  },
});

function servedTasks(vars: PublishVars, { files }: LocalRedirects): readonly TaskItem[] {
  const namesOf = (isFirst: boolean) =>
    files.filter(({ redirect }) => (redirect.version === 1) === isFirst).map(({ redirect }) => redirect.name);
  return [
    redirects_served({
      title: 'the repositories of the redirect files are served',
      address: ownAddress(vars),
      unit: publishUnit,
      v1: namesOf(true),
      v2: namesOf(false),
      files: files.map(({ path }) => `${vars.publish_serve_data_dir}/${path}`),
      interval: vars.publish_serve_interval,
    }),
  ];
}
