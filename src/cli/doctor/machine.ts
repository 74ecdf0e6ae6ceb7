import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { sshTarget } from '../../connection/ssh/config/ssh-config.js';
import { readKeyFile } from '../../connection/ssh/keys/key-file.js';
import { fingerprint, readKnownHosts } from '../../connection/ssh/keys/known-hosts.js';
import { keysOfAgent } from '../../connection/ssh/keys/ssh-agent.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { connectionSettings } from '../../inventory/settings/settings.js';
import { homeFolder } from '../../model/home-folder.js';
import { count } from '../../text/count.js';
import { type Finding, notice, ok, problem } from './finding.js';

/** Examines what this machine reaches hosts with: Node, ssh and its configuration, keys, the agent, known_hosts. */
export async function examineMachine(): Promise<Finding[]> {
  const folder = join(homeFolder(), '.ssh');
  const [configured, keys, agent] = await Promise.all([sshFindings(), keyFindings(folder), agentFindings()]);
  const usable = [...keys, ...agent].some(({ level }) => level === 'ok');
  return [
    nodeFinding(process.versions.node),
    ...configured,
    ...(await folderFindings(folder)),
    ...keys,
    ...agent,
    ...(usable ? [] : [notice('there is no key to log in with', 'make one with ssh-keygen, or load one with ssh-add')]),
  ];
}

/**
 * Returns the finding for a version of Node.
 * @param version without the `v`
 */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? ok(`Node ${version}`)
    : problem(`Node ${version} is too old: 20.19 is needed`, 'install a newer Node');
}

async function sshFindings(): Promise<Finding[]> {
  const { code, stderr } = await execa('ssh', ['-V'], { reject: false, stdin: 'ignore', timeout: 5000 });
  if (code === 'ENOENT') {
    const what = 'there is no ssh on this machine: hosts can be reached without it, but ~/.ssh/config is not read';
    return [notice(what, 'install openssh-client')];
  }
  const version = ok(stderr.trim().split('\n')[0] ?? 'ssh');
  try {
    const target = await sshTarget(anyHost);
    return [version, ok('the configuration of ssh can be read'), ...knownHostsFindings(target.knownHostsFiles)];
  } catch (error) {
    return [version, problem(error instanceof Error ? error.message : String(error), 'correct the file that it names')];
  }
}

/** Settings of a host that ssh's configuration does not know. */
const anyHost = connectionSettings({ name: 'host.invalid' }, {}, new Map(), {}, new Diagnostics());

function knownHostsFindings(files: readonly string[]): Finding[] {
  return files.flatMap((file) => {
    try {
      const entries = readKnownHosts([file]);
      if (entries.length === 0) return [];
      const authorities = entries.filter(({ marker }) => marker === 'cert-authority').length;
      const found = ok(`${file}: ${count(entries.length, 'host key')}`);
      if (authorities === 0) return [found];
      const what = `${file}: ${count(authorities, 'certificate authority', 'certificate authorities')}, which are not used here`;
      return [found, notice(what, 'add the plain key of hosts that have a certificate: ssh-keyscan HOST')];
    } catch (error) {
      return [problem(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)];
    }
  });
}

/** Returns the stats of a path; undefined where nothing is there, and the error where that is unknown. */
async function statOf(path: string): Promise<Stats | Error | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function folderFindings(folder: string): Promise<Finding[]> {
  const found = await statOf(folder);
  if (found instanceof Error) return [problem(`${folder} cannot be examined: ${reasonOf(found)}`)];
  if (found === undefined) return [notice(`there is no ${folder}`, 'ssh-keygen makes it, with a key in it')];
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
  if (found.uid !== userInfo().uid)
    return [problem(`${folder} belongs to another user (${found.uid})`, `chown it to ${userInfo().username}`)];
  if ((found.mode & 0o022) !== 0)
    return [problem(`${folder} may be written by others (mode ${mode})`, `chmod 700 ${folder}`)];
  return [ok(`${folder} (mode ${mode})`)];
}

async function keyFindings(folder: string): Promise<Finding[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    // The finding of the folder has reported that it isn't there.
    return isMissing(error) ? [] : [problem(`the keys in ${folder} cannot be listed: ${reasonOf(error)}`)];
  }
  const keys = names.filter((name) => names.includes(`${name}.pub`) || /^id_[^.]+$/.test(name)).sort();
  const found = await Promise.all(keys.map((name) => keyFinding(join(folder, name))));
  return found.flat();
}

async function keyFinding(file: string): Promise<Finding[]> {
  const read = await readKeyFile(file);
  const found = await statOf(file);
  if (found instanceof Error) return [problem(`${file} cannot be examined: ${reasonOf(found)}`)];
  const mode = found?.mode ?? 0;
  const loose =
    (mode & 0o077) === 0
      ? []
      : [
          problem(
            `${file} may be read by others (mode ${(mode & 0o7777).toString(8)}): ssh refuses it`,
            `chmod 600 ${file}`,
          ),
        ];
  switch (read.is) {
    case 'key':
      return [ok(`${file}: ${read.key.type} ${fingerprint(read.key.getPublicSSH())}`), ...loose];
    case 'locked':
      return [
        notice(`${file} is encrypted`, `load it with ssh-add ${file}, or enter its passphrase in each run`),
        ...loose,
      ];
    case 'unusable':
      return [problem(`${file} ${read.why}`), ...loose];
    case 'missing':
      return [];
  }
}

async function agentFindings(): Promise<Finding[]> {
  const socket = process.env.SSH_AUTH_SOCK;
  if (socket === undefined || socket === '') return [notice('there is no ssh-agent (SSH_AUTH_SOCK is not set)')];
  const keys = await keysOfAgent(socket);
  if (keys instanceof Error) {
    const what = `ssh-agent at ${socket} does not answer: ${keys.message}`;
    return [problem(what, 'start one: eval "$(ssh-agent)"; or unset SSH_AUTH_SOCK')];
  }
  if (keys.length === 0) return [notice('ssh-agent holds no key that can be used here', 'load one with ssh-add')];
  return keys.map((key) =>
    ok(`ssh-agent holds ${key.comment || 'a key'}: ${key.type} ${fingerprint(key.getPublicSSH())}`),
  );
}
