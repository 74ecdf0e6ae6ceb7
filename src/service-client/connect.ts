import type { z } from 'zod';
import type { issuedAccessToken, newAccessToken, newUser, userSchema } from '../service/schemas/access.js';
import { ServiceProblem } from './service-problem.js';

/** Service to talk to, and as whom. */
export interface ServiceAddress {
  /** `https://registry.example.com` */
  readonly url: string;
  /** Account with its password; undefined: none. */
  readonly account?: { readonly name: string; readonly password: string } | undefined;
  /** Access token in its place. */
  readonly token?: string | undefined;
  /** Milliseconds that a request may take. Default: a minute. */
  readonly timeout?: number | undefined;
}

export type ServiceUser = z.output<typeof userSchema>;
export type NewServiceUser = z.input<typeof newUser>;
export type NewServiceToken = z.input<typeof newAccessToken>;
export type IssuedServiceToken = z.output<typeof issuedAccessToken>;

/** Page of a list. */
interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** API of a service (`provision serve`). Each call throws ServiceProblem where the service refuses. */
export interface ServiceClient {
  /** Makes the first account, by the token that the service printed. */
  setup(token: string, user: Pick<NewServiceUser, 'name' | 'password' | 'fullName' | 'email'>): Promise<ServiceUser>;
  /** Returns the account by which this client acts. */
  whoami(): Promise<ServiceUser>;
  users(): Promise<ServiceUser[]>;
  createUser(user: NewServiceUser): Promise<ServiceUser>;
  deleteUser(name: string): Promise<void>;
  /** Makes an access token of the account by which this client acts. */
  createToken(token: NewServiceToken): Promise<IssuedServiceToken>;
  /** Sends any request of the API: `GET /api/v1/audit`. */
  request<Answer>(request: string, body?: unknown): Promise<Answer>;
}

/** Makes a client of a service; nothing is sent yet. @throws Error for an address that is none */
export function connect(address: ServiceAddress): ServiceClient {
  const base = new URL(address.url).href.replace(/\/+$/, '');
  const request = async <Answer>(text: string, body?: unknown): Promise<Answer> => {
    const [method = 'GET', path = ''] = text.split(' ');
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        ...authorization(address),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error', // An account goes to the service that was named, and nowhere else.
      signal: AbortSignal.timeout(address.timeout ?? 60_000),
    });
    const content = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
    if (!answer.ok) throw ServiceProblem.from(answer.status, content);
    return content as Answer;
  };
  return {
    request,
    setup: (token, user) => request('POST /api/v1/setup', { ...user, token }),
    whoami: () => request('GET /api/v1/session'),
    users: async () => {
      const all: ServiceUser[] = [];
      let after = '';
      for (;;) {
        const listed = await request<Listed<ServiceUser>>(`GET /api/v1/users?limit=500${after}`);
        all.push(...listed.items);
        if (listed.next === null) return all;
        after = `&after=${encodeURIComponent(listed.next)}`;
      }
    },
    createUser: (user) => request('POST /api/v1/users', user),
    deleteUser: (name) => request(`DELETE /api/v1/users/${encodeURIComponent(name)}`),
    createToken: (token) => request('POST /api/v1/tokens', token),
  };
}

function authorization({ account, token }: ServiceAddress): Record<string, string> {
  if (token !== undefined) return { Authorization: `Bearer ${token}` };
  if (account === undefined) return {};
  const text = `${account.name}:${account.password}`;
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
