import { createHash } from 'node:crypto';
import fastifyFormbody from '@fastify/formbody';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import type { AuditActor } from '../access/audit.js';
import type { Principal } from '../access/principal.js';
import type { StoredJob } from '../jobs/job.js';
import { Problem } from '../problem.js';
import { addRegistryJob } from '../registries/change-registry-job.js';
import type { FoundRegistry } from '../registries/managed-registries.js';
import { changedEntry, shownEntry } from '../registries/registry-entry.js';
import type { ServiceParts } from '../service-parts.js';

/** Options of the routes of the older server. */
export interface OlderOptions {
  /** Host on which registries are made. */
  readonly host: string;
  /** Account in whose name they are made. */
  readonly account: string;
  /** Versions that there are. */
  readonly versions: readonly number[];
}

/** Milliseconds that a client waits for its registry at most. */
const patience = 600_000;

/** Answer of the older server: numbers from 1, as texts, each with a registry. */
type RegistryMap = Readonly<
  Record<string, { readonly id: string; readonly name: string; readonly port: string; readonly version: string }>
>;

/**
 * Makes the server for clients of the older one (multiple_registry): `/`, `/registry` and `/registry/NAME`, with its map, its form
 * field and its statuses. What was dangerous there is not repeated: a change leaves a registry as read-only as it was, names are
 * exact, and nothing of a request becomes a command.
 */
export async function makeOlderApp(
  parts: ServiceParts,
  { host, account, versions }: OlderOptions,
  server: FastifyServerOptions,
): Promise<FastifyInstance> {
  const { managed, jobs, accounts, authenticator, audit } = parts;
  const app = fastify({ logger: false, bodyLimit: 64 * 1024, routerOptions: { ignoreTrailingSlash: true }, ...server });
  await app.register(fastifyFormbody, { bodyLimit: 64 * 1024 });

  const own = () => managed.list().filter((found) => found.host === host && found.entry.state !== 'absent');
  const send = (reply: FastifyReply, status: number, body: unknown) =>
    reply
      .code(status)
      .type('application/json')
      .send(`${JSON.stringify(sorted(body), undefined, 4)}\n`);

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof OlderRefusal) return send(reply, 400, { message: error.shown });
    if (error instanceof Problem) return send(reply, error.status, { message: error.message });
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status < 500) return send(reply, status, { message: error instanceof Error ? error.message : '' });
    parts.complain(`${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    return send(reply, 500, { message: 'Internal Server Error' });
  });
  // It knows no accounts: a page that somebody looks at must not use it.
  app.addHook('onRequest', async (request) => {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin !== undefined || (site !== undefined && site !== 'none')) {
      throw new Problem('forbidden', 'this is for programs, and not for pages of a browser');
    }
  });
  app.setNotFoundHandler((_request, reply) => send(reply, 404, { message: 'Not Found' }));

  for (const url of ['/', '/registry']) {
    app.get(url, async (_request, reply) => send(reply, 200, mapOf(own())));
    app.post(url, async (request, reply) => {
      const version = versionIn(request.body);
      const registry = changedEntry({}, { port: 'auto', version, readOnly: true });
      const job = await done(
        await addRegistryJob(parts, await principal(), { operation: 'create', host, registry }, by()),
      );
      await record(request, 'registry.create', job.subject);
      return send(reply, 200, mapOf(own().filter(({ entry }) => entry.name === job.subject)));
    });
  }

  app.get<{ Params: { name: string } }>('/registry/:name', async (request, reply) =>
    send(reply, 200, mapOf(own().filter(({ entry }) => entry.name === request.params.name))),
  );

  app.put<{ Params: { name: string } }>('/registry/:name', async (request, reply) => {
    const version = versionIn(request.body);
    const { entry } = found(request.params.name);
    const registry = changedEntry(entry, { version });
    await done(
      await addRegistryJob(parts, await principal(), { operation: 'change', host, name: entry.name, registry }, by()),
    );
    await record(request, 'registry.change', entry.name);
    return send(reply, 200, mapOf(own().filter((each) => each.entry.name === entry.name)));
  });

  app.delete<{ Params: { name: string } }>('/registry/:name', async (request, reply) => {
    const { entry } = found(request.params.name);
    await done(await addRegistryJob(parts, await principal(), { operation: 'delete', host, name: entry.name }, by()));
    await record(request, 'registry.delete', entry.name);
    return send(reply, 200, entry.name);
  });

  function found(name: string): FoundRegistry {
    const registry = own().find(({ entry }) => entry.name === name);
    if (registry === undefined) throw new Problem('not-found', `there is no registry ${name.slice(0, 100)}`);
    return registry;
  }

  function versionIn(body: unknown): string {
    const given = typeof body === 'object' && body !== null && 'version' in body ? body.version : undefined;
    const words = versions.map(String);
    const last = words.pop();
    const message = { version: `version should be ${words.join(' ')} or ${last}` };
    if (given === undefined)
      throw new OlderRefusal(
        'The browser (or proxy) sent a request that this server could not understand: version is missing',
      );
    const number = /^\d{1,9}$/.test(String(given)) ? Number(given) : Number.NaN;
    if (!versions.includes(number)) throw new OlderRefusal(message);
    return String(number);
  }

  async function principal(): Promise<Principal> {
    const row = await accounts.find(account);
    const proof = row === undefined ? undefined : await authenticator.byAccount(row);
    if (proof?.principal === undefined) {
      throw new Problem('unavailable', `the account ${account}, by which this server works, is not there`);
    }
    return proof.principal;
  }

  function by() {
    return { by: account, dryRun: false, reason: 'asked for by the routes of the older server' };
  }

  /** Waits for a job. @throws Problem where it did not do what it should */
  async function done({ id }: StoredJob): Promise<StoredJob> {
    await jobs.ended(id, patience);
    const job = await jobs.store.get(id);
    if (job.state === 'done' && (job.result === 'ok' || job.result === 'changed')) return job;
    throw new Problem('internal', job.problem === '' ? `job ${id}: ${job.result ?? job.state}` : job.problem);
  }

  function record(
    request: {
      readonly ip: string;
      readonly id: string;
      readonly headers: { readonly 'user-agent'?: string | undefined };
    },
    verb: string,
    object: string,
  ): Promise<void> {
    const actor: AuditActor = {
      actor: account,
      kind: 'older-server',
      means: 'older-server',
      address: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      requestId: request.id,
    };
    return audit.record(actor, { verb, object });
  }

  // Its types name how it checks and logs; whoever starts it needs neither.
  return app as unknown as FastifyInstance;
}

/** Refusal in the older server's form: status 400, and a message that may be a map. */
class OlderRefusal extends Problem {
  constructor(readonly shown: string | Readonly<Record<string, string>>) {
    super('invalid-request', typeof shown === 'string' ? shown : Object.values(shown).join('; '));
  }
}

function mapOf(registries: readonly FoundRegistry[]): RegistryMap {
  return Object.fromEntries(
    registries.map((registry, index) => {
      const { name, port, version } = shownEntry(registry);
      const id = createHash('sha256').update(`${registry.host} ${name}`).digest('hex').slice(0, 12);
      return [String(index + 1), { id, name, port: String(port), version: version ?? 'unkown' }];
    }),
  );
}

/** Returns a value with the keys of its maps sorted, as the older server printed them. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
