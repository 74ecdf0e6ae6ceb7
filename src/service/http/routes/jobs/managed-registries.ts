import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { shownRegistryDrift } from '../../../drift/shown-drift.js';
import { notFound, Problem } from '../../../problem.js';
import { addRegistryJob } from '../../../registries/change-registry-job.js';
import { type FoundRegistry, registryTag } from '../../../registries/managed-registries.js';
import { changedEntry, shownEntry } from '../../../registries/registry-entry.js';
import { dryRunQuery, shownTimeOrNull } from '../../../schemas/fields.js';
import { jobSchema } from '../../../schemas/jobs.js';
import { newRegistry, registryChanges, registrySchema } from '../../../schemas/registries.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { TrustingRegistry } from '../../../tokens/registries.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { answerJob } from './jobs.js';

const nameOfRegistry = z.strictObject({ registry: z.string().min(1).max(63) });
type Shown = z.output<typeof registrySchema>;
type StateOfRegistry = 'job' | 'result' | 'reconciledAt' | 'error' | 'drift';

/** Adds the routes of registries: those of `registries.yaml`, which are made and changed by jobs, and those that only trust the service. */
export function addManagedRegistryRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobRights, managed, audit, drift } = parts;

  app.get(
    '/api/v1/registries',
    { schema: { summary: 'Lists registries', response: { 200: z.object({ items: z.array(registrySchema) }) } } },
    async (request) => ({
      items: await visibleRegistries(request, false),
    }),
  );

  app.get(
    '/api/v1/registries/:registry',
    { schema: { summary: 'Shows a registry', params: nameOfRegistry, response: { 200: registrySchema } } },
    async (request, reply) => {
      const { registry } = request.params;
      const shown = (await visibleRegistries(request, true)).find(({ name }) => name === registry);
      if (shown === undefined) throw notFound(`registry ${registry}`);
      const found = managed.find(registry);
      return (found === undefined ? reply : reply.header('ETag', registryTag(found))).send(shown);
    },
  );

  const answers = { 200: jobSchema, 202: jobSchema };
  app.post(
    '/api/v1/registries',
    {
      schema: { summary: 'Makes a registry on a host', querystring: dryRunQuery, body: newRegistry, response: answers },
    },
    async (request, reply) => {
      const { host, name, ...fields } = request.body;
      const { dryRun } = request.query;
      const wanted = name ?? (fields.port === 'auto' ? undefined : `registry${fields.port}`);
      if (wanted !== undefined && isTaken(wanted))
        throw new Problem('conflict', `there is a registry ${wanted} already`);
      const registry = changedEntry({}, fields);
      const change = {
        operation: 'create' as const,
        host,
        registry,
        ...(wanted === undefined ? {} : { name: wanted }),
      };
      const job = await addRegistryJob(parts, senderOf(request), change, { by: requireAccount(request).name, dryRun });
      if (!dryRun) await record(request, 'registry.create', wanted ?? host, { host });
      return await answerJob(parts, request, reply, job);
    },
  );

  app.patch(
    '/api/v1/registries/:registry',
    {
      schema: {
        summary: 'Changes a registry',
        params: nameOfRegistry,
        querystring: dryRunQuery,
        body: registryChanges,
        response: answers,
      },
    },
    async (request, reply) => {
      const found = await matched(request, request.params.registry);
      const { host, entry } = found;
      const registry = changedEntry(entry, request.body);
      const { name } = entry;
      const { dryRun } = request.query;
      const change = { operation: 'change' as const, host, name, registry };
      const job = await addRegistryJob(parts, senderOf(request), change, { by: requireAccount(request).name, dryRun });
      if (!dryRun) await record(request, 'registry.change', name, { changed: Object.keys(request.body) });
      return await answerJob(parts, request, reply, job);
    },
  );

  app.delete(
    '/api/v1/registries/:registry',
    { schema: { summary: 'Deletes a registry', params: nameOfRegistry, querystring: dryRunQuery, response: answers } },
    async (request, reply) => {
      const { host, entry } = await matched(request, request.params.registry);
      const { name } = entry;
      const { dryRun } = request.query;
      const change = { operation: 'delete' as const, host, name };
      const job = await addRegistryJob(parts, senderOf(request), change, { by: requireAccount(request).name, dryRun });
      if (!dryRun) await record(request, 'registry.delete', name);
      return await answerJob(parts, request, reply, job);
    },
  );

  function isTaken(name: string): boolean {
    return managed.find(name) !== undefined || parts.registries.find(name) !== undefined;
  }

  /** Returns a registry that a request may change, as the request knows it. @throws Problem */
  async function matched(request: FastifyRequest, name: string): Promise<FoundRegistry> {
    if (!(await visibleRegistries(request, false)).some((each) => each.name === name))
      throw notFound(`registry ${name}`);
    const found = managed.find(name);
    if (found === undefined) {
      throw new Problem('conflict', `${name} is no registry of registries.yaml: it is configured with the service`);
    }
    const header = request.headers['if-match'];
    const tag = registryTag(found);
    if (header === undefined || header.trim() === '*' || header.split(',').some((each) => each.trim() === tag))
      return found;
    throw new Problem('version-mismatch', `${name} was changed meanwhile: read it again`, { headers: { ETag: tag } });
  }

  async function visibleRegistries(request: FastifyRequest, withTasks: boolean): Promise<Shown[]> {
    const may = await jobRights.of(senderOf(request));
    const [reconciled, jobs, drifts] = await Promise.all([
      parts.database.db.selectFrom('reconciliations').selectAll().execute(),
      parts.jobs.store.lastOfSubjects(),
      drift.registries(),
    ]);
    const changedAt = managed.changedAt();
    const stateOf = (name: string) => {
      const row = reconciled.find((each) => each.registry === name);
      const job = jobs.get(name);
      return {
        job: job?.id ?? null,
        result: job?.result ?? null,
        reconciledAt: shownTimeOrNull(row?.succeeded_at ?? null),
        error: row?.error ?? '',
      };
    };
    const own = managed
      .list()
      .filter(({ host }) => may('view', [host]))
      .map(
        (found): Shown => ({
          ...shownEntry(found),
          ...stateOf(found.entry.name),
          drift: shownRegistryDrift(found, drifts.get(found.entry.name), { changedAt, withTasks }),
        }),
      );
    const names = new Set(managed.list().map(({ entry }) => entry.name));
    const others = may('view', ['*']) ? parts.registries.list().filter(({ name }) => !names.has(name)) : [];
    const trusting = others.map(
      (registry): Shown => ({ ...foreign(registry), ...stateOf(registry.name), drift: null }),
    );
    return [...own, ...trusting].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  function record(
    request: FastifyRequest,
    verb: string,
    object: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    return audit.record(actorOf(request), { verb, object, detail });
  }
}

/** Returns a registry that trusts the service, and is set up by others. */
function foreign({
  name,
  host: address,
  isReadOnly: readOnly,
  kind,
  upstream,
}: TrustingRegistry): Omit<Shown, StateOfRegistry> {
  return {
    ...{ name, address, managed: false, host: null, port: null, version: null, storage: null, runtime: null, readOnly },
    ...{
      delete: null,
      visibility: null,
      kind: kind ?? null,
      upstream: upstream ?? null,
      description: '',
      trusted: true,
      settings: {},
      leaving: false,
    },
  };
}
