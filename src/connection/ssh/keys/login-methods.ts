import { existsSync } from 'node:fs';
import type {
  AgentAuthMethod,
  AuthMethod,
  KeyboardInteractiveAuthMethod,
  PasswordAuthMethod,
  PublicKeyAuthMethod,
} from 'ssh2';
import type { ConnectionSettings } from '../../../model/play.js';
import { count } from '../../../text/count.js';
import type { SshTarget } from '../config/ssh-config.js';
import { publicHalf, readKeyFile } from './key-file.js';
import { PasswordPrompts } from './password-prompts.js';
import { agentWithKeys } from './ssh-agent.js';

/** Methods of logging in to a host. */
export interface LoginMethods {
  readonly methods: AuthMethod[];
  /** Description of each, and why others are not among them. */
  readonly tried: readonly string[];
  /** Describes one of the methods. */
  nameOf(method: AuthMethod): string;
  /** Returns the questions of the server so far that a password does not answer. */
  unanswered(): readonly string[];
}

/** Returns the methods in order: keys of the inventory, those of the agent, keys of ssh_config, the password. */
export async function loginMethods(target: SshTarget, settings: ConnectionSettings): Promise<LoginMethods> {
  const username = target.user;
  const { tried, files, filesOf, offered, locked } = await keysOnDisk(target, settings);
  const agent =
    target.agent === undefined
      ? undefined
      : await agentWithKeys(target.agent, target.identitiesOnly ? target.identityFiles : undefined, offered);
  for (const file of locked) {
    const half = await publicHalf(file);
    if (half !== undefined && agent?.held.some((one) => one.equals(half))) continue;
    tried.push(`${file}, which needs a passphrase: load it with ssh-add`);
  }
  const fromAgent: AgentAuthMethod[] = agent?.agent ? [{ type: 'agent', username, agent: agent.agent }] : [];
  if (agent?.agent) tried.push(`ssh-agent (${count(agent.count, 'key')})`);
  else if (agent?.problem !== undefined) tried.push(`ssh-agent: ${agent.problem}`);
  const keys = target.identityFilesGiven ? [...files, ...fromAgent] : [...fromAgent, ...files];
  const questions = new PasswordPrompts(settings.password ?? '');
  const passwords = settings.password === undefined ? [] : byPassword(username, settings.password, questions);
  if (settings.password !== undefined) tried.push('a password');
  const certificates = [
    ...target.unused.login,
    ...target.identityFiles.map((file) => `${file}-cert.pub`).filter((file) => existsSync(file)),
  ];
  if (certificates.length > 0) tried.push(`not tried, as certificates are not supported: ${certificates.join(', ')}`);
  const methods = [...keys, ...passwords];
  const names = new Map<AuthMethod, string>(files.map((method, index) => [method, `the key ${filesOf[index]}`]));
  for (const method of fromAgent) names.set(method, 'a key of ssh-agent');
  for (const method of passwords) names.set(method, 'a password');
  return {
    methods: methods.length > 0 ? methods : [{ type: 'none', username }],
    tried,
    nameOf: (method) => names.get(method) ?? 'nothing',
    unanswered: () => questions.unanswered,
  };
}

async function keysOnDisk({ user, identityFiles, identityFilesGiven }: SshTarget, settings: ConnectionSettings) {
  const tried: string[] = [];
  const locked: string[] = [];
  const filesOf: string[] = [];
  const offered: Buffer[] = [];
  const files: PublicKeyAuthMethod[] = [];
  for (const file of identityFiles) {
    const read = await readKeyFile(file, settings.passphrases?.get(file));
    if (read.is === 'missing' && !identityFilesGiven) continue;
    if (read.is === 'missing') tried.push(`${file}, which cannot be read (ENOENT)`);
    else if (read.is === 'unusable') tried.push(`${file}, which ${read.why}`);
    else if (read.is === 'locked') locked.push(file);
    else {
      tried.push(file);
      filesOf.push(file);
      offered.push(read.key.getPublicSSH());
      files.push({ type: 'publickey', username: user, key: read.key });
    }
  }
  return { tried, locked, offered, files, filesOf };
}

/** Returns the methods that use a password: some servers take one only as the answer to a question. */
function byPassword(
  username: string,
  password: string,
  questions: PasswordPrompts,
): (PasswordAuthMethod | KeyboardInteractiveAuthMethod)[] {
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(questions.answer(prompts)),
    },
  ];
}
