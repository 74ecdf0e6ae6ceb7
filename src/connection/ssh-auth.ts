import { readFile } from 'node:fs/promises';
import ssh2, {
  type AgentAuthMethod,
  type AuthMethod,
  type KeyboardInteractiveAuthMethod,
  type PasswordAuthMethod,
  type PublicKeyAuthMethod,
} from 'ssh2';
import type { ConnectionSettings } from '../model/play.js';
import { agentWithKeys } from './ssh-agent.js';
import type { SshTarget } from './ssh-config.js';

export interface Credentials {
  readonly methods: AuthMethod[];
  /** Each of them in words, and why others are not among them. */
  readonly tried: readonly string[];
}

/** What a host is offered, in order: keys of the inventory, the agent's, keys of ssh_config, the password. */
export async function credentials(target: SshTarget, settings: ConnectionSettings): Promise<Credentials> {
  const username = target.user;
  const tried: string[] = [];
  const offered: Buffer[] = [];
  const files: PublicKeyAuthMethod[] = [];
  for (const file of target.identityFiles) {
    const text = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
    if (text instanceof Error) {
      if (text.code !== 'ENOENT' || target.identityFilesGiven)
        tried.push(`${file}, which cannot be read (${text.code})`);
      continue;
    }
    const key = ssh2.utils.parseKey(text);
    if (key instanceof Error) {
      const encrypted = /encrypted/i.test(key.message);
      tried.push(
        `${file}, which ${encrypted ? 'needs a passphrase: load it with ssh-add' : `is no key (${key.message})`}`,
      );
      continue;
    }
    tried.push(file);
    offered.push(key.getPublicSSH());
    files.push({ type: 'publickey', username, key });
  }
  const agent =
    target.agent &&
    (await agentWithKeys(target.agent, target.identitiesOnly ? target.identityFiles : undefined, offered));
  const fromAgent: AgentAuthMethod[] = agent ? [{ type: 'agent', username, agent: agent.agent }] : [];
  if (agent) tried.push(`ssh-agent (${agent.count} ${agent.count === 1 ? 'key' : 'keys'})`);
  const keys = target.identityFilesGiven ? [...files, ...fromAgent] : [...fromAgent, ...files];
  const passwords = settings.password === undefined ? [] : byPassword(username, settings.password);
  if (settings.password !== undefined) tried.push('a password');
  const methods = [...keys, ...passwords];
  return { methods: methods.length > 0 ? methods : [{ type: 'none', username }], tried };
}

/** Some servers take a password only as the answer to a question. */
function byPassword(username: string, password: string): (PasswordAuthMethod | KeyboardInteractiveAuthMethod)[] {
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
    },
  ];
}
