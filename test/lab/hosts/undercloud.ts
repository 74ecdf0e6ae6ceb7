import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { placeOf, ssh } from '../lab.js';

const here = (name: string) => fileURLToPath(new URL(`undercloud/${name}`, import.meta.url));

/** TripleO's template of images, in the manner of Queens. */
export const overcloudTemplate = fileURLToPath(
  new URL('../../kit/lists/overcloud_containers.yaml.j2', import.meta.url),
);

const share = '/usr/share/openstack-tripleo-common/container-images';

/** What was asked of the host's `openstack` command: its words, who asked, and where. */
export interface OpenstackCall {
  readonly words: readonly string[];
  readonly user: string;
  readonly cloud: string | null;
  readonly cwd: string;
}

/** Makes an undercloud of a bare host, with an `openstack` command that notes its calls. `rocky`: it knows the tripleo subcommands. */
export async function makeUndercloud(host: string): Promise<void> {
  await install(host, '/usr/bin/openstack', '0755', await readFile(here('openstack'), 'utf8'));
  await install(host, `${share}/overcloud_containers.yaml.j2`, '0644', await readFile(overcloudTemplate, 'utf8'));
  await run(host, `sh -s ${placeOf(host).inside}`, await readFile(here('make.sh'), 'utf8'));
}

/** Whether its client is one that knows `openstack tripleo container image`. */
export async function becomeRocky(host: string, rocky: boolean): Promise<void> {
  await run(host, rocky ? 'touch /etc/undercloud-is-rocky' : 'rm -f /etc/undercloud-is-rocky');
}

/** The calls since it was last asked. */
export async function openstackCalls(host: string): Promise<readonly OpenstackCall[]> {
  const notes = '/home/stack/openstack-calls';
  const text = await run(host, `cat ${notes} 2>/dev/null; rm -f ${notes}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): OpenstackCall => JSON.parse(line));
}

async function install(host: string, path: string, mode: string, content: string): Promise<void> {
  await run(host, `install -D -m ${mode} /dev/stdin ${path}`, content);
}

async function run(host: string, command: string, input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await ssh(host, command, input === undefined ? {} : { input });
  if (exitCode !== 0) throw new Error(`${host}: ${command}: ${stderr || stdout}`);
  return stdout;
}
