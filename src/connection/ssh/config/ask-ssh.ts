import { execa } from 'execa';
import type { ConnectionSettings } from '../../../model/play.js';
import { ConnectionError } from '../../connection.js';
import { hostBlocks } from './ssh-config-blocks.js';

/** What `ssh -G` prints: settings by their names in lower case, each with its values. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;
type Asked = Pick<ConnectionSettings, 'address' | 'port' | 'user'>;

let answers = new Map<string, Promise<SshConfig>>();
/** Which hosts ssh treats alike, as learnt with the first that was asked about. */
let alike: Promise<ReturnType<typeof hostBlocks>> | undefined;

/**
 * What ssh_config says of a host. ssh is asked once for all hosts that it treats alike: starting it a hundred times takes
 * longer than anything else in a run with nothing to do. Empty where there is no ssh.
 *
 * @throws ConnectionError when ssh cannot read its configuration
 */
export async function askSsh(asked: Asked): Promise<SshConfig> {
  if (alike === undefined) {
    const first = start([...wordsOf(asked), '--', asked.address]);
    alike = first.then(({ debug }) => hostBlocks(debug)).catch(() => undefined); // Each host then asks for itself, and tells why it can't.
    answers.set(
      keyOf(asked),
      first.then(({ config }) => config),
    );
  }
  const known = answers.get(keyOf(asked));
  if (known !== undefined) return known;
  const block = (await alike)?.(asked.address);
  if (block === undefined) return remember(keyOf(asked), [...wordsOf(asked), '--', asked.address]);
  const { config, name } = await sharedBy(block, asked.address);
  return config.get('hostname')?.[0] === name.toLowerCase() ? withHostname(config, asked.address) : config;
}

/** Forgets what ssh said, for programs in which its configuration changes. */
export function forgetSshConfig(): void {
  answers = new Map();
  shared.clear();
  alike = undefined;
}

const shared = new Map<string, { readonly name: string; readonly config: Promise<SshConfig> }>();

/** The answer for a name that the same blocks mean; port and user, which the inventory may give, are left to them. */
async function sharedBy(block: string, address: string): Promise<{ name: string; config: SshConfig }> {
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

function wordsOf({ port, user }: Asked): string[] {
  return [...(port === undefined ? [] : ['-p', String(port)]), ...(user === undefined ? [] : ['-l', user])];
}

function keyOf(asked: Asked): string {
  return [...wordsOf(asked), asked.address].join('\0');
}

/** Most letters that ssh may say of a host. */
const longestAnswer = 512 * 1024;

/** Runs ssh for an answer that has an end, also where what it started (`Match exec`) prints on, or waits, when it is gone. */
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
    const said = result.isMaxBuffer ? tooMuch : complaints.join('\n').trim() || result.shortMessage;
    throw new ConnectionError('unresolved', `ssh cannot tell how to reach ${args.at(-1)}: ${said}`);
  }
  for (const line of result.stdout.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) config.set(key, [...(config.get(key) ?? []), value]);
  }
  return { config, debug: result.stderr };
}
