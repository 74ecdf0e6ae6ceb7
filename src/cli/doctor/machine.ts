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
import { type Finding, note, ok, problem } from './finding.js';

/** What there is on this machine to reach hosts with: Node, ssh and its configuration, keys, the agent, known_hosts. */
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
    ...(usable ? [] : [note('there is no key to log in with', 'make one with ssh-keygen, or load one with ssh-add')]),
  ];
}

/** @param version of Node, without the `v` */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? ok(`Node ${version}`)
    : problem(`Node ${version} is too old: 20.19 is needed`, 'install a newer Node');
}

async function sshFindings(): Promise<Finding[]> {
  const { code, stderr } = await execa('ssh', ['-V'], { reject: false, stdin: 'ignore', timeout: 5000 });
  if (code === 'ENOENT') {
    const what = 'there is no ssh on this machine: hosts are reached without it, but ~/.ssh/config is not read';
    return [note(what, 'install openssh-client')];
  }
  const version = ok(stderr.trim().split('\n')[0] ?? 'ssh');
  try {
    const target = await sshTarget(anyHost);
    return [version, ok('the configuration of ssh can be read'), ...knownHostsFindings(target.knownHostsFiles)];
  } catch (error) {
    return [version, problem(error instanceof Error ? error.message : String(error), 'correct the file that it names')];
  }
}

/** Settings with which ssh is asked what it does with hosts that it knows nothing of. */
const anyHost = connectionSettings({ name: 'host.invalid' }, {}, new Map(), {}, new Diagnostics());

function knownHostsFindings(files: readonly string[]): Finding[] {
  return files.flatMap((file) => {
    try {
      const entries = readKnownHosts([file]);
      if (entries.length === 0) return [];
      const authorities = entries.filter(({ marker }) => marker === 'cert-authority').length;
      const found = ok(`${file}: ${count(entries.length, 'host key')}`);
      if (authorities === 0) return [found];
      const what = `${file}: ${count(authorities, 'certificate authority', 'certificate authorities')}, which nothing here makes use of`;
      return [found, note(what, 'hosts that have a certificate need their plain key on file too: ssh-keyscan HOST')];
    } catch (error) {
      return [problem(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)];
    }
  });
}

/** What is at a path; nothing where there is nothing, and the error where that can't be told. */
async function lookedAt(path: string): Promise<Stats | Error | undefined> {
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
  const found = await lookedAt(folder);
  if (found instanceof Error) return [problem(`${folder} cannot be looked at: ${reasonOf(found)}`)];
  if (found === undefined) return [note(`there is no ${folder}`, 'ssh-keygen makes it, with a key in it')];
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
    // That it isn't there has been told of the folder.
    return isMissing(error) ? [] : [problem(`the keys in ${folder} cannot be listed: ${reasonOf(error)}`)];
  }
  const keys = names.filter((name) => names.includes(`${name}.pub`) || /^id_[^.]+$/.test(name)).sort();
  const found = await Promise.all(keys.map((name) => keyFinding(join(folder, name))));
  return found.flat();
}

async function keyFinding(file: string): Promise<Finding[]> {
  const read = await readKeyFile(file);
  const found = await lookedAt(file);
  if (found instanceof Error) return [problem(`${file} cannot be looked at: ${reasonOf(found)}`)];
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
        note(`${file} is encrypted`, `load it with ssh-add ${file}, else its passphrase is asked for in each run`),
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
  if (socket === undefined || socket === '') return [note('there is no ssh-agent (SSH_AUTH_SOCK is not set)')];
  const keys = await keysOfAgent(socket);
  if (keys instanceof Error) {
    const what = `ssh-agent at ${socket} does not answer: ${keys.message}`;
    return [problem(what, 'start one: eval "$(ssh-agent)"; or unset SSH_AUTH_SOCK')];
  }
  if (keys.length === 0) return [note('ssh-agent holds no key that is of use here', 'load one with ssh-add')];
  return keys.map((key) =>
    ok(`ssh-agent holds ${key.comment || 'a key'}: ${key.type} ${fingerprint(key.getPublicSSH())}`),
  );
}
