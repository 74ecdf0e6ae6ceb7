import { directory, file, type Task, type TaskItem } from '../../src/index.js';
import { authorityFileTasks, secretFileTasks } from '../registry-service/files.js';
import { servedTlsTasks } from '../registry-service/served-tls.js';
import { craneIni, holdsSecret } from './crane-ini.js';
import {
  clientAuthorities,
  cloudFrontKey,
  craneConfigFile,
  publishFolder,
  publishTlsFolder,
  storeAccountFile,
  storeAuthority,
} from './publish-places.js';
import type { PublishVars } from './vars.js';

/** Returns the tasks that bring certificate, key and the authorities of clients. They are read again when they change. */
export function publishTlsTasks(vars: PublishVars, inventoryHostname: string): readonly TaskItem[] {
  const how = { force: vars.publish_serve_force, force_variable: 'publish_serve_force' };
  return [
    ...servedTlsTasks({
      tls: vars.publish_serve_tls,
      folder: publishTlsFolder,
      host: inventoryHostname,
      group: vars.publish_serve_user,
      ...how,
    }),
    ...authorityFileTasks(clientAuthorities, vars.publish_serve_client_ca, how),
  ];
}

/** Returns the tasks that bring the configuration and what it names. The service reads them at its start. */
export function configTasks(vars: PublishVars, restart: Task): readonly TaskItem[] {
  const { publish_serve_user: user, publish_serve_config: config, publish_serve_credentials: account } = vars;
  const how = { force: vars.publish_serve_force, force_variable: 'publish_serve_force', notify: restart };
  const forService = { owner: 'root', group: user, mode: '0640' };
  const key = config.cloudfront?.private_key;
  const general = {
    data_dir: vars.publish_serve_data_dir,
    data_dir_polling_interval: vars.publish_serve_interval,
  };
  return [
    directory({ path: publishFolder, mode: '0755' }),
    ...(key === undefined ? [] : [file({ path: cloudFrontKey, ...key, ...forService, secret: true, ...how })]),
    ...authorityFileTasks(storeAuthority, vars.publish_serve_store_ca, how),
    ...secretFileTasks(storeAccountFile, account && credentialsText(account), user, how),
    file({
      path: craneConfigFile,
      content: craneIni(config, general),
      ...forService,
      secret: holdsSecret(config),
      ...how,
    }),
  ];
}

/** Writes an account as AWS' tools keep it. A blank before a value could make it a comment. */
function credentialsText(account: NonNullable<PublishVars['publish_serve_credentials']>): string {
  const { access_key_id: id, secret_access_key: key, session_token: token } = account;
  const lines = [`aws_access_key_id=${id}`, `aws_secret_access_key=${key}`];
  return ['[default]', ...lines, ...(token === undefined ? [] : [`aws_session_token=${token}`])].join('\n');
}
