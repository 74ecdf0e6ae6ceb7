import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';
import { connect, ServiceAway, type ServiceClient, ServiceProblem } from '../../service-client/connect.js';
import { complainOf } from '../terminal/complain.js';
import { enteredPassword } from '../terminal/entered-password.js';
import { printJson, printLines } from '../terminal/output.js';
import type { ServiceRequest } from './service-request.js';

/** Runs what talks to a service, and returns the exit status: its own, or that of its error, which is printed. */
export async function serviceAction(request: ServiceRequest, action: () => Promise<number>): Promise<number> {
  try {
    if (!URL.canParse(request.service) || !/^https?:/.test(request.service)) {
      throw new RegistryError('input', `--service ${request.service}: must be http://… or https://…`);
    }
    return await action();
  } catch (error) {
    return complainOf(told(error, request), request);
  }
}

/** Makes a client that acts by the account of `--as`; its password is read first. */
export async function actingClient({
  service: url,
  as: name = '',
  passwordStdin,
}: ServiceRequest): Promise<ServiceClient> {
  const given = process.env.PROVISION_ACCOUNT_PASSWORD;
  delete process.env.PROVISION_ACCOUNT_PASSWORD;
  const variable = 'PROVISION_ACCOUNT_PASSWORD';
  const password = await enteredPassword({ of: name, variable, given, fromStdin: passwordStdin });
  return connect({ url, account: { name, password } });
}

/** Prints a result: as JSON where that is asked for, else as lines. Returns 0. */
export function printResult({ json }: ServiceRequest, value: unknown, lines: readonly string[]): number {
  if (json) printJson(value);
  else printLines(lines);
  return 0;
}

/** Returns the error of a service that refused or could not be reached; a bug stays the error it is. */
function told(error: unknown, { service }: ServiceRequest): unknown {
  if (error instanceof ServiceProblem) {
    const kind = error.status === 401 ? 'unauthorized' : error.status < 500 ? 'input' : 'server';
    return new RegistryError(kind, `${service}: ${error.message}`);
  }
  if (error instanceof ServiceAway) return new RegistryError('unreachable', `${service}: ${error.message}`);
  const isLost = error instanceof TypeError && error.message === 'fetch failed';
  if (!isLost && !(error instanceof DOMException)) return error;
  return new RegistryError(
    'unreachable',
    `${service}: ${reasonOf(error instanceof TypeError ? (error.cause ?? error) : error)}`,
  );
}
