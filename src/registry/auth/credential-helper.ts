import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Credentials } from '../client/registry.js';
import { RegistryError } from '../registry-error.js';
import { accountOf } from './auth-files.js';

/** A helper program that keeps accounts, and where its use was configured. */
export interface CredentialHelper {
  /** What follows `docker-credential-`. */
  readonly name: string;
  readonly configuredIn: string;
  readonly env: NodeJS.ProcessEnv;
}

const reply = z.object({ Username: z.string(), Secret: z.string() });

/** Milliseconds a helper may take: some ask the user to unlock a keychain. */
const patience = 120_000;

/** Asks a helper for the account of a host; nothing when it has none. @throws RegistryError `input` naming the helper */
export async function helperGet(helper: CredentialHelper, host: string): Promise<Credentials | undefined> {
  const { status, stdout, stderr } = await run(helper, 'get', serverUrl(host));
  if (status !== 0) {
    if (isNotFound(stdout) || isNotFound(stderr)) return undefined;
    throw failed(helper, 'get', host, stderr || stdout); // Nothing secret is printed by one that failed.
  }
  const parsed = reply.safeParse(jsonOf(stdout));
  if (!parsed.success) throw failed(helper, 'get', host, 'its answer is not an account');
  const { Username, Secret } = parsed.data;
  return Username === '' && Secret === '' ? undefined : accountOf(Username, Secret);
}

/** Gives a helper an account to keep. */
export async function helperStore(helper: CredentialHelper, host: string, credentials: Credentials): Promise<void> {
  const account =
    'username' in credentials
      ? { Username: credentials.username, Secret: credentials.password }
      : { Username: '<token>', Secret: 'identityToken' in credentials ? credentials.identityToken : '' };
  const { status, stdout, stderr } = await run(
    helper,
    'store',
    JSON.stringify({ ServerURL: serverUrl(host), ...account }),
  );
  if (status !== 0) throw failed(helper, 'store', host, stderr || stdout);
}

/** Has a helper forget the account of a host. @returns whether it had one */
export async function helperErase(helper: CredentialHelper, host: string): Promise<boolean> {
  if ((await helperGet(helper, host)) === undefined) return false;
  const { status, stdout, stderr } = await run(helper, 'erase', serverUrl(host));
  if (status !== 0) throw failed(helper, 'erase', host, stderr || stdout);
  return true;
}

/** docker names its Hub by the address of an API that is long gone. */
export function serverUrl(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

/** The words are docker-credential-helpers' own (credentials/error.go). */
function isNotFound(text: string): boolean {
  return /credentials not found|no credentials server URL|no credentials username/i.test(text);
}

function failed({ name }: CredentialHelper, verb: string, host: string, said: string): RegistryError {
  return new RegistryError('input', `docker-credential-${name} ${verb} failed for ${host}: ${said.trim()}`);
}

function run(
  { name, configuredIn, env }: CredentialHelper,
  verb: 'get' | 'store' | 'erase',
  input: string,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [verb], { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: patience });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'it is not installed (not in PATH)' : error.message;
      reject(
        new RegistryError('input', `cannot run ${program}, which ${configuredIn} names: ${why}`, {
          hint: `install it, or take it out of ${configuredIn}`,
        }),
      );
    });
    child.once('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.on('error', () => undefined); // One that doesn't read its input: its exit status says how it went.
    child.stdin.end(input);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema then says that it isn't an account.
  }
}
