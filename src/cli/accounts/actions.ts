import { RegistryError } from '../../registry/registry-error.js';
import { connect, type ServiceUser } from '../../service-client/connect.js';
import { actingClient, printResult, serviceAction } from '../service/service-action.js';
import type { ServiceRequest } from '../service/service-request.js';
import { askSecret } from '../terminal/ask-secret.js';
import { enteredPassword } from '../terminal/entered-password.js';
import type { CreateRequest, SetupRequest, TokenRequest } from './request.js';

/** Runs `provision accounts setup`. */
export function setupAccount(name: string, request: SetupRequest): Promise<number> {
  return serviceAction(request, async () => {
    const password = await newPassword(name, request);
    const user = await connect({ url: request.service }).setup(request.token, { name, password });
    return printResult(request, user, [`${user.name} administers ${request.service}`]);
  });
}

/** Runs `provision accounts create`. */
export function createAccount(name: string, request: CreateRequest): Promise<number> {
  return serviceAction(request, async () => {
    const client = await actingClient({ ...request, passwordStdin: false });
    const password = await newPassword(name, request);
    const { admin, fullName } = request;
    const user = await client.users.create({ name, password, admin, ...(fullName === undefined ? {} : { fullName }) });
    return printResult(request, user, [`${user.name}: made${user.admin ? ', an administrator' : ''}`]);
  });
}

/** Runs `provision accounts ls`. */
export function listAccounts(request: ServiceRequest): Promise<number> {
  return serviceAction(request, async () => {
    const client = await actingClient(request);
    const users: ServiceUser[] = [];
    for await (const user of client.users.list()) users.push(user);
    return printResult(request, users, users.map(line));
  });
}

/** Runs `provision accounts rm`. */
export function removeAccount(name: string, request: ServiceRequest): Promise<number> {
  return serviceAction(request, async () => {
    await (await actingClient(request)).users.delete(name);
    return printResult(request, { name, deleted: true }, [`${name}: deleted`]);
  });
}

/** Runs `provision accounts token`. */
export function createToken(label: string, request: TokenRequest): Promise<number> {
  return serviceAction(request, async () => {
    const { api, pull, push } = request;
    if (api !== 'none' && api !== 'read' && api !== 'write') {
      throw new RegistryError('input', `--api ${api}: must be none, read or write`);
    }
    const repositories = [
      ...pull.map((path) => ({ path, actions: ['see' as const, 'pull' as const] })),
      ...push.map((path) => ({ path, actions: ['see' as const, 'pull' as const, 'push' as const] })),
    ];
    const client = await actingClient(request);
    const made = await client.tokens.create({ label, api, ...(repositories.length === 0 ? {} : { repositories }) });
    return printResult(request, made, [made.secret]);
  });
}

function line({ name, admin, disabled, source }: ServiceUser): string {
  const words = [admin ? 'administrator' : '', disabled ? 'disabled' : '', source === 'local' ? '' : `from ${source}`];
  return [name, ...words.filter((word) => word !== '')].join('  ');
}

async function newPassword(name: string, { passwordStdin: fromStdin }: ServiceRequest): Promise<string> {
  const given = process.env.PROVISION_NEW_PASSWORD;
  delete process.env.PROVISION_NEW_PASSWORD;
  const isAsked = !fromStdin && (given === undefined || given === '');
  const of = isAsked ? `${name}, a new one` : name;
  const password = await enteredPassword({ of, variable: 'PROVISION_NEW_PASSWORD', given, fromStdin });
  if (isAsked && (await askSecret('The same again: ')) !== password) {
    throw new RegistryError('input', 'the two passwords differ: nothing was made');
  }
  return password;
}
