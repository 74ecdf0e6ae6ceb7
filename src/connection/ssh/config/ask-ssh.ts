import { execa } from 'execa';
import type { ConnectionSettings } from '../../../model/play.js';
import { ConnectionError } from '../../connection.js';
import { hostBlocks } from './ssh-config-blocks.js';

/** Output of `ssh -G`: settings by their names in lower case, each with its values. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;
type SshQuery = Pick<ConnectionSettings, 'address' | 'port' | 'user'>;

let answers = new Map<string, Promise<SshConfig>>();
/** Classes of hosts that ssh treats alike, from the answer for the first host. */
let classes: Promise<ReturnType<typeof hostBlocks>> | undefined;

/**
 * Reads the settings of a host from ssh_config by running ssh, once for all hosts that it treats alike. To start it a
 * hundred times takes longer than anything else in a run with nothing to do. Empty where there is no ssh.
 *
 * @throws ConnectionError when ssh cannot read its configuration
 */
export async function askSsh(query: SshQuery): Promise<SshConfig> {
  if (classes === undefined) {
    const first = start([...wordsOf(query), '--', query.address]);
    classes = first.then(({ debug }) => hostBlocks(debug)).catch(() => undefined); // Each host then runs ssh for itself, and reports the error.
    answers.set(
      keyOf(query),
      first.then(({ config }) => config),
    );
  }
  const known = answers.get(keyOf(query));
  if (known !== undefined) return known;
  const block = (await classes)?.(query.address);
  if (block === undefined) return remember(keyOf(query), [...wordsOf(query), '--', query.address]);
  const { config, name } = await answerForBlock(block, query.address);
  return config.get('hostname')?.[0] === name.toLowerCase() ? withHostname(config, query.address) : config;
}

/** Forgets all answers of ssh, for programs in which its configuration changes. */
export function forgetSshConfig(): void {
  answers = new Map();
  shared.clear();
  classes = undefined;
}

const shared = new Map<string, { readonly name: string; readonly config: Promise<SshConfig> }>();

/** Returns the answer for any name that the same blocks match, without the port and user that the inventory may set. */
async function answerForBlock(block: string, address: string): Promise<{ name: string; config: SshConfig }> {
  const known = shared.get(block) ?? { name: address, config: start(['--', address]).then(({ config }) => config) };
  shared.set(block, known);
  return { name: known.name, config: await known.config };
}

function remember(key: string, args: readonly string[]): Promise<SshConfig> {
  const known = answers.get(key) ?? start(args).then(({ config }) => config);
  answers.set(key, known);
  return known;
}

function withHostname(config: SshConfig, address: string): SshConfig {
  return new Map([...config, ['hostname', [address.toLowerCase()]]]);
}

function wordsOf({ port, user }: SshQuery): string[] {
  return [...(port === undefined ? [] : ['-p', String(port)]), ...(user === undefined ? [] : ['-l', user])];
}

function keyOf(query: SshQuery): string {
  return [...wordsOf(query), query.address].join('\0');
}

/** Most characters of an answer. */
const longestAnswer = 512 * 1024;

/** Runs ssh. Its output ends with it, even where a command that it started (`Match exec`) goes on. */
async function answerOf(args: readonly string[]) {
  const child = execa('ssh', ['-v', '-G', ...args], {
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
    maxBuffer: longestAnswer,
  });
  child.once('exit', () => {
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, 1000).unref();
  });
  return child;
}

async function start(args: readonly string[]): Promise<{ config: SshConfig; debug: string }> {
  const result = await answerOf(args);
  const config = new Map<string, string[]>();
  if (result.code === 'ENOENT') return { config, debug: '' };
  if (result.failed) {
    const complaints = result.stderr.split('\n').filter((line) => !/^(debug\d: |OpenSSH_|Pseudo-terminal)/.test(line));
    const tooMuch = `it printed more than ${longestAnswer / 1024} KiB`;
    const reason = result.isMaxBuffer ? tooMuch : complaints.join('\n').trim() || result.shortMessage;
    throw new ConnectionError('unresolved', `ssh cannot tell how to reach ${args.at(-1)}: ${reason}`);
  }
  for (const line of result.stdout.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) config.set(key, [...(config.get(key) ?? []), value]);
  }
  return { config, debug: result.stderr };
}
