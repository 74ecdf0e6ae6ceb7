import { fileURLToPath } from 'node:url';

/** The built command; `PROVISION_MAIN` names another build. */
const main = process.env.PROVISION_MAIN ?? fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

/** The command line of our sync of a list between two registries. */
export function syncCommand(list: string, from: string, to: string, options: readonly string[] = []): string[] {
  return [process.execPath, main, 'images', 'sync', list, '--from', from, '--to', to, ...options];
}

/** The same by skopeo, of a list in its own YAML. `to` and the registries in the list are `host:port`. */
export function skopeoSyncCommand(list: string, to: string): string[] {
  return ['skopeo', 'sync', '--all', '--src', 'yaml', '--dest', 'docker', '--dest-tls-verify=false', list, to];
}
