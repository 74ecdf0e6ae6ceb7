import { spawn } from 'node:child_process';
import { z } from 'zod';
import { tryBoundedJson } from '../bounded-json.js';
import type { RegistryCredentials } from '../client/registry.js';
import { RegistryError } from '../registry-error.js';
import { accountOf } from './auth-files.js';

/** A helper program that keeps accounts, and where its use was configured. */
export interface CredentialHelper {
  /** Name of the program without `docker-credential-`. */
  readonly name: string;
  readonly configuredIn: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds it may take. Default 120,000: some ask the user to unlock a keychain. */
  readonly patience?: number;
}

type Verb = 'get' | 'store' | 'erase';

const reply = z.object({ Username: z.string(), Secret: z.string() });

const usualPatience = 120_000;

/** Characters of an account, or of what went wrong, at most. */
const mostOutput = 1 << 20;

/** Characters of a helper's output that an error quotes. */
const mostQuoted = 500;

/** Reads the account of a host from a helper; undefined when it has none. @throws RegistryError `input` naming the helper */
export async function getFromHelper(helper: CredentialHelper, host: string): Promise<RegistryCredentials | undefined> {
  requireNames(helper, host);
  const { status, stdout, stderr } = await run(helper, 'get', serverUrl(host));
  if (status !== 0) {
    if (isNotFound(stdout) || isNotFound(stderr)) return undefined;
    throw helperError(helper, 'get', host, stderr || stdout); // Nothing secret is printed by one that failed.
  }
  const parsed = reply.safeParse(tryBoundedJson(stdout));
  if (!parsed.success) throw helperError(helper, 'get', host, 'its answer is not an account');
  const { Username, Secret } = parsed.data;
  return Username === '' && Secret === '' ? undefined : accountOf(Username, Secret);
}

/** Stores an account in a helper. */
export async function storeInHelper(
  helper: CredentialHelper,
  host: string,
  credentials: RegistryCredentials,
): Promise<void> {
  requireNames(helper, host);
  const account =
    'username' in credentials
      ? { Username: credentials.username, Secret: credentials.password }
      : { Username: '<token>', Secret: 'identityToken' in credentials ? credentials.identityToken : '' };
  const { status, stdout, stderr } = await run(
    helper,
    'store',
    JSON.stringify({ ServerURL: serverUrl(host), ...account }),
  );
  if (status !== 0) throw helperError(helper, 'store', host, stderr || stdout);
}

/** Deletes the account of a host from a helper. @returns true where it had one */
export async function eraseFromHelper(helper: CredentialHelper, host: string): Promise<boolean> {
  if ((await getFromHelper(helper, host)) === undefined) return false;
  const { status, stdout, stderr } = await run(helper, 'erase', serverUrl(host));
  if (status !== 0) throw helperError(helper, 'erase', host, stderr || stdout);
  return true;
}

/** Returns docker's name of a registry: that of its Hub is the address of an API that is long gone. */
export function serverUrl(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

/**
 * Refuses names that a helper must not get. It is found in PATH, by a name and no path. A host is a line of its input:
 * with a line end, it would be another host's (CVE-2020-5260 is git's of that kind).
 */
function requireNames({ name, configuredIn }: CredentialHelper, host: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw new RegistryError(
      'input',
      `${configuredIn} names ${JSON.stringify(name.slice(0, 100))}, which is no credential helper`,
      {
        hint: 'write what follows docker-credential- in the name of the program: pass, secretservice, ecr-login',
      },
    );
  if (!/^[\x21-\x7e]{1,300}$/.test(host))
    throw new RegistryError(
      'input',
      `${JSON.stringify(host.slice(0, 100))} is not a registry to ask docker-credential-${name} for`,
    );
}

/** Returns true for the words of docker-credential-helpers itself (credentials/error.go). */
function isNotFound(text: string): boolean {
  return /credentials not found|no credentials server URL|no credentials username/i.test(text);
}

function helperError({ name }: CredentialHelper, verb: string, host: string, output: string): RegistryError {
  return new RegistryError(
    'input',
    `docker-credential-${name} ${verb} failed for ${host}: ${output.trim().slice(0, mostQuoted)}`,
  );
}

/** Output of a program, and how it ended. */
interface ProgramResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run({ name, configuredIn, env, patience = usualPatience }: CredentialHelper, verb: Verb, input: string) {
  const program = `docker-credential-${name}`;
  const cannot = (why: string, hint = `install it, or remove it from ${configuredIn}`) =>
    new RegistryError('input', `cannot run ${program}, which ${configuredIn} names: ${why}`, { hint });
  return new Promise<ProgramResult>((resolve, reject) => {
    const child = spawn(program, [verb], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const giveUp = (why: string) => {
      child.kill('SIGKILL');
      // What it started may hold them open for ever.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      reject(cannot(why, `run \`${program} ${verb}\` and see what it does`));
    };
    const clock = setTimeout(() => giveUp(`it did not answer within ${patience / 1000} s`), patience);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        if (output[stream].length > mostOutput) giveUp(`it printed more than ${mostOutput} characters`);
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(cannot(error.code === 'ENOENT' ? 'it is not installed (not in PATH)' : error.message));
    });
    child.once('close', (status) => {
      clearTimeout(clock);
      resolve({ status, ...output });
    });
    child.stdin.on('error', () => undefined); // One that doesn't read its input: its exit status says how it went.
    child.stdin.end(input);
  });
}
