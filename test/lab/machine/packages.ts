import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { execa } from 'execa';
import { step } from './progress.js';

/** Programs that the lab calls on this machine, and the Debian packages that bring them. */
const programs: Record<string, string[]> = {
  docker: ['docker.io', 'iptables'],
  dockerd: ['docker.io', 'iptables'],
  iptables: ['iptables'],
  mmdebstrap: ['mmdebstrap'],
  mke2fs: ['e2fsprogs'],
  ssh: ['openssh-client'],
  'ssh-keygen': ['openssh-client'],
};

/** Programs that the tests call beside the code under test. */
const programsOfTests: Record<string, string[]> = {
  curl: ['curl'],
  skopeo: ['skopeo'],
  'docker-registry': ['docker-registry'],
  podman: ['podman'],
  tinyproxy: ['tinyproxy'],
  strace: ['strace'],
  'ansible-playbook': ['ansible-core'],
  sshd: ['openssh-server'],
  busybox: ['busybox'],
  sudo: ['sudo'],
  setfacl: ['acl'],
  setfattr: ['attr'],
  chromium: ['chromium', 'fonts-dejavu-core'],
  slapd: ['slapd', 'ldap-utils'],
  ldapmodify: ['ldap-utils'],
  pg_createcluster: ['postgresql'],
  pg_dump: ['postgresql'],
  nginx: ['nginx-light'],
  '/usr/lib/nginx/modules/ngx_http_js_module.so': ['libnginx-mod-http-js'],
};

const programsForVm: Record<string, string[]> = {
  'qemu-system-x86_64': ['qemu-system-x86'],
};

/** Installs what this machine lacks; only where that is possible (Debian, Ubuntu, as root), else an error that names it. */
export async function packagesUp(options: { vm: boolean; engineRuns: boolean }): Promise<void> {
  const wanted = { ...programs, ...programsOfTests, ...(options.vm ? programsForVm : {}) };
  if (options.engineRuns) for (const own of ['dockerd', 'iptables']) delete wanted[own];
  await programsUp(wanted);
}

/** The same for the programs that one part of the lab calls. @param wanted program → Debian packages that bring it */
export async function programsUp(wanted: Readonly<Record<string, string[]>>): Promise<void> {
  const missing = Object.keys(wanted).filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((program) => wanted[program] ?? []))];
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
    throw new Error(
      `the lab needs ${missing.join(', ')} on this machine (Debian packages: ${packages.join(' ')}); ` +
        'it installs them itself only as root on Debian or Ubuntu',
    );
  }
  await step(`install ${packages.join(' ')}`, async () => {
    await apt('update', '-q');
    await apt('install', '-q', '--yes', '--no-install-recommends', ...packages);
  });
}

async function apt(...args: string[]): Promise<void> {
  await execa('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' }, stdin: 'ignore' });
}

/** Where a program is, or a file by its whole path, also in the system's directories that a user's PATH may lack. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin'];
  return directories.map((directory) => resolve(directory, name)).find((path) => existsSync(path));
}
