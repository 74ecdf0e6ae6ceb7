import { text } from 'node:stream/consumers';
import { reasonOf } from '../../diagnostics/reason.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { RegistryError } from '../../registry/registry-error.js';
import { connect, type ServiceClient, type ServiceUser } from '../../service-client/connect.js';
import { ServiceProblem } from '../../service-client/service-problem.js';
import { askSecret } from '../terminal/ask-secret.js';
import { complainOf } from '../terminal/complain.js';
import { printJson, printLines } from '../terminal/output.js';
import type { AccountsRequest, CreateRequest, SetupRequest, TokenRequest } from './request.js';

const variable = 'PROVISION_ACCOUNT_PASSWORD';
const newVariable = 'PROVISION_NEW_PASSWORD';

/** Runs `provision accounts setup`. */
export function setupAccount(name: string, request: SetupRequest): Promise<number> {
  return attempt(request, async () => {
    const password = await newPassword(name, request);
    const user = await connect({ url: request.service }).setup(request.token, { name, password });
    return shown(request, user, [`${user.name} administers ${request.service}`]);
  });
}

/** Runs `provision accounts create`. */
export function createAccount(name: string, request: CreateRequest): Promise<number> {
  return attempt(request, async () => {
    const client = await clientOf({ ...request, passwordStdin: false });
    const password = await newPassword(name, request);
    const { admin, fullName } = request;
    const user = await client.createUser({ name, password, admin, ...(fullName === undefined ? {} : { fullName }) });
    return shown(request, user, [`${user.name}: made${user.admin ? ', an administrator' : ''}`]);
  });
}

/** Runs `provision accounts ls`. */
export function listAccounts(request: AccountsRequest): Promise<number> {
  return attempt(request, async () => {
    const users = await (await clientOf(request)).users();
    return shown(request, users, users.map(line));
  });
}

/** Runs `provision accounts rm`. */
export function removeAccount(name: string, request: AccountsRequest): Promise<number> {
  return attempt(request, async () => {
    await (await clientOf(request)).deleteUser(name);
    return shown(request, { name, deleted: true }, [`${name}: deleted`]);
  });
}

/** Runs `provision accounts token`. */
export function createToken(label: string, request: TokenRequest): Promise<number> {
  return attempt(request, async () => {
    const { api, pull, push } = request;
    if (api !== 'none' && api !== 'read' && api !== 'write') {
      throw new RegistryError('input', `--api ${api}: must be none, read or write`);
    }
    const repositories = [
      ...pull.map((path) => ({ path, actions: ['see' as const, 'pull' as const] })),
      ...push.map((path) => ({ path, actions: ['see' as const, 'pull' as const, 'push' as const] })),
    ];
    const client = await clientOf(request);
    const made = await client.createToken({ label, api, ...(repositories.length === 0 ? {} : { repositories }) });
    return shown(request, made, [made.secret]);
  });
}

function line({ name, admin, disabled, source }: ServiceUser): string {
  const words = [admin ? 'administrator' : '', disabled ? 'disabled' : '', source === 'local' ? '' : `from ${source}`];
  return [name, ...words.filter((word) => word !== '')].join('  ');
}

async function attempt(request: AccountsRequest, action: () => Promise<number>): Promise<number> {
  try {
    if (!URL.canParse(request.service) || !/^https?:/.test(request.service)) {
      throw new RegistryError('input', `--service ${request.service}: must be http://… or https://…`);
    }
    return await action();
  } catch (error) {
    return complainOf(told(error, request), request);
  }
}

/** Returns the error of a service that refused or could not be reached; a bug stays the error it is. */
function told(error: unknown, { service }: AccountsRequest): unknown {
  if (error instanceof ServiceProblem) {
    const kind = error.status === 401 ? 'unauthorized' : error.status < 500 ? 'input' : 'server';
    return new RegistryError(kind, `${service}: ${error.message}`);
  }
  const isLost = error instanceof TypeError && error.message === 'fetch failed';
  if (!isLost && !(error instanceof DOMException)) return error;
  return new RegistryError(
    'unreachable',
    `${service}: ${reasonOf(error instanceof TypeError ? (error.cause ?? error) : error)}`,
  );
}

function shown(request: AccountsRequest, value: unknown, lines: readonly string[]): number {
  if (request.json) printJson(value);
  else printLines(lines);
  return 0;
}

async function clientOf({ service: url, as: name = '', passwordStdin }: AccountsRequest): Promise<ServiceClient> {
  const given = process.env.PROVISION_ACCOUNT_PASSWORD;
  delete process.env.PROVISION_ACCOUNT_PASSWORD;
  const password = await passwordOf(`Password of ${name}: `, variable, given, passwordStdin);
  return connect({ url, account: { name, password } });
}

async function newPassword(name: string, { passwordStdin }: AccountsRequest): Promise<string> {
  const given = process.env.PROVISION_NEW_PASSWORD;
  delete process.env.PROVISION_NEW_PASSWORD;
  const isAsked = !passwordStdin && (given === undefined || given === '');
  const password = await passwordOf(`New password of ${name}: `, newVariable, given, passwordStdin);
  if (isAsked && (await askSecret('The same again: ')) !== password) {
    throw new RegistryError('input', 'the two passwords differ: nothing was made');
  }
  return password;
}

/** Returns a password from standard input, the environment, or the terminal. It is never an argument. */
async function passwordOf(
  question: string,
  name: string,
  given: string | undefined,
  fromStdin: boolean,
): Promise<string> {
  const password = await readPassword(question, name, given, fromStdin);
  currentSecrets().add(password);
  return password;
}

async function readPassword(question: string, name: string, given: string | undefined, fromStdin: boolean) {
  if (fromStdin) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new RegistryError('input', '--password-stdin: standard input is empty');
    return password;
  }
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) {
    throw new RegistryError('input', 'a password is needed, and standard input is not a terminal', {
      hint: `give it on standard input with --password-stdin, or set ${name}`,
    });
  }
  const password = await askSecret(question);
  if (password === '') throw new RegistryError('input', 'no password was given');
  return password;
}
