import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { readTextFile } from '../diagnostics/read-text.js';
import { replaceFile } from '../files/replace-file.js';
import { logLine } from '../registry/server/listener.js';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../registry/server/serve.js';
import { AccessTokens } from './access/accounts/access-tokens.js';
import { AccountStore } from './access/accounts/accounts.js';
import { makeFirstAccount } from './access/accounts/first-account.js';
import { Groups } from './access/accounts/groups.js';
import { Logins } from './access/accounts/logins.js';
import { Sessions } from './access/accounts/sessions.js';
import { Audit } from './access/audit.js';
import { Authenticator } from './access/authenticator.js';
import { LoginDelays } from './access/credentials/login-delays.js';
import { openDirectories } from './access/directories/open-directories.js';
import { RightsStore } from './access/rights/rights.js';
import { SetupToken } from './access/setup-token.js';
import { InputProblem } from './config/input-problem.js';
import type { RegistryBesideOptions, ServiceOptions } from './config/service-options.js';
import { DriftStore } from './drift/drift-store.js';
import { DriftWatch } from './drift/drift-watch.js';
import { findingsOfJob } from './drift/job-drift.js';
import { noticeCertificates } from './events/certificate-notices.js';
import { noticeQuota } from './events/quota-notices.js';
import { Fronts } from './front/fronts.js';
import { ReplicaKeeper } from './front/replica-keeper.js';
import { ReplicaStore } from './front/replica-store.js';
import { makeApp } from './http/app.js';
import { openServer } from './http/open-server.js';
import { makeHub } from './hub/hub.js';
import { AtRegistry } from './images/at-registry.js';
import { AttachedReader } from './images/attached/attached-reader.js';
import { ImageIndex } from './images/image-index.js';
import { IndexKeeper } from './images/index-keeper.js';
import { openRemovals } from './images/removal/open-removals.js';
import { StorageFigures } from './images/storage-figures.js';
import { cleanNotifications, takeNotifications } from './images/take-notifications.js';
import { JobFolders } from './jobs/job-folders.js';
import { JobKeeper } from './jobs/job-keeper.js';
import type { JobProgram } from './jobs/job-process.js';
import { JobRights } from './jobs/job-rights.js';
import { Scheduler } from './jobs/schedules/scheduler.js';
import { Schedules } from './jobs/schedules/schedules.js';
import { SiteWatch } from './jobs/site-watch.js';
import { instanceName, ownWork } from './jobs/upkeep/own-work.js';
import { ServiceHealth } from './metrics/service-health.js';
import { ServiceMetrics } from './metrics/service-metrics.js';
import { openServiceTraces, traceJob } from './metrics/traces/traced-service.js';
import { makeOlderApp } from './older/older-app.js';
import { addPageRoutes } from './page/page-routes.js';
import { Publications } from './publications/publications.js';
import { readPublicationConfig, startPublications } from './publications/start-publications.js';
import { ManagedRegistries, visibilitiesOf } from './registries/managed-registries.js';
import { withManaged } from './registries/with-managed.js';
import { notificationSecretOf } from './registry-settings.js';
import type { ServiceParts } from './service-parts.js';
import { KeptAnswers } from './store/kept-answers.js';
import { openKeyFile } from './store/key-file.js';
import { openDatabase } from './store/open-database.js';
import { TokenIssuer } from './tokens/issue-token.js';
import { OwnTokens } from './tokens/own-tokens.js';
import type { TrustingRegistry } from './tokens/registries.js';
import { RepeatedTokens } from './tokens/repeated-tokens.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { addV1Routes } from './v1/add-v1-routes.js';
import { isV1Path } from './v1/v1-path.js';
import { EventSight } from './webhooks/event-sight.js';
import { openWebhooks } from './webhooks/open-webhooks.js';

/** Route of the API: `GET`, `/api/v1/users/:name`. */
export interface ServiceRoute {
  readonly method: string;
  readonly url: string;
}

/** Service that runs. */
export interface Service {
  /** Address that clients use. */
  readonly url: string;
  /** Registry beside it: `127.0.0.1:5000`. */
  readonly registry: string | undefined;
  /** Address of the routes of the older server; undefined: there are none. */
  readonly older: string | undefined;
  /** Address at which clients pull what vendors publish; undefined: there is none, or not yet. */
  readonly publications: string | undefined;
  /** Token by which the first account is made; undefined: there is one. */
  readonly setupToken: string | undefined;
  /** Routes that it has. */
  readonly routes: readonly ServiceRoute[];
  /** Ends what is under way, and stops. */
  close(): Promise<void>;
}

const hour = 3_600_000;

/** Starts the service. @throws Error when its files or database can't be used, or it can't listen */
export async function startService(
  options: ServiceOptions,
  errors: Writable,
  jobProgram: JobProgram,
): Promise<Service> {
  const complain = (message: string) => void errors.write(logLine(`error ${message}`));
  const publicationConfig = await readPublicationConfig(options);
  const database = await openDatabase(options.database);
  let running: { stop(): Promise<void> }[] = [{ stop: () => database.close() }];
  const close = async () => {
    const parts = running;
    running = [];
    for (const part of parts) await part.stop();
  };
  try {
    const sealing = await openKeyFile(options.keyFile);
    const keys = await SigningKeys.open(database, sealing);
    let fronts: Fronts | undefined;
    let repeatedTokens: RepeatedTokens | undefined;
    const server = await openServer(
      options,
      complain,
      (request, response) =>
        repeatedTokens?.take(request, response) === true || fronts?.take(request, response) === true,
    );
    running.unshift(server);
    const url = options.url ?? server.url;
    const registries: TrustingRegistry[] = options.registries.map(({ caFile, ...registry }) => ({
      ...registry,
      ...(caFile === undefined ? {} : { ca: readTextFile(caFile, { most: 1 << 20, besides: 'none' }) }),
    }));
    const managed = await ManagedRegistries.open(options.site?.site);
    const trusting = withManaged(() => registries, managed);
    const ownTokens = new OwnTokens(keys, options.issuer);
    const bundleFile = join(options.state, 'token-authority.pem');
    await replaceFile(bundleFile, keys.bundle, { mode: 0o644, folderMode: 0o700 });
    const realm = `${url}/token`;
    fronts = new Fronts({ registries: trusting, ownTokens, issuer: options.issuer, realm, bundleFile, complain });
    const opened = fronts;
    running.unshift({ stop: () => opened.close() });
    const index = new ImageIndex(database);
    const replicas = new ReplicaStore(database);
    const replicaKeeper = new ReplicaKeeper({ store: replicas, ownTokens });
    const keeper = new IndexKeeper({
      index,
      registries: trusting,
      ownTokens,
      complain,
      looked: (registry, signal, error) =>
        error === undefined ? replicaKeeper.look(registry, signal) : replicaKeeper.writerFailed(registry, error),
    });
    running.unshift({ stop: () => keeper.close() });
    const atRegistry = new AtRegistry(trusting, ownTokens);
    running.unshift({ stop: async () => atRegistry.close() });
    const hub = makeHub(database, { registries: trusting, upstreams: options.upstreams, complain });
    running.unshift({ stop: () => hub.mirrors.close() });
    const notificationSecret = (name: string) => notificationSecretOf(sealing, name);
    const accounts = new AccountStore(database);
    const groups = new Groups(database);
    const tokens = new AccessTokens(database);
    const logins = new Logins(database);
    const sessions = new Sessions(database);
    const delays = new LoginDelays(database);
    const rights = new RightsStore(database, options.usualVisibility, () => visibilitiesOf(managed), trusting.list);
    const site = new SiteWatch(jobProgram, options.site);
    const publications = new Publications(jobProgram, options.vendors);
    const folders = new JobFolders(join(options.state, 'jobs'));
    const drift = new DriftStore(database);
    const traced = await openServiceTraces(options.tracesEndpoint, process.env);
    running.push({ stop: async () => await traced?.close() });
    const names = () => trusting.list().map(({ name }) => name);
    const metrics = new ServiceMetrics(database, { registries: names, sizesFor: 60_000 });
    running.unshift({ stop: async () => metrics.close() });
    const health = new ServiceHealth({
      database,
      registries: trusting,
      managed,
      site,
      state: options.state,
      certificate: options.tls?.cert,
      tokenAuthority: () => keys.bundle,
      reconcileEvery: options.reconcileEvery * 1000,
    });
    const instance = await instanceName(options.state);
    const jobs = new JobKeeper({
      database,
      folders,
      sealing,
      instance,
      program: jobProgram,
      site: options.site,
      vendors: options.vendors,
      most: options.jobs.atOnce,
      kept: options.jobs,
      ownWork: ownWork({ keeper, registries: trusting, ownTokens, database, folder: join(options.state, 'backups') }),
      goneAfter: 60_000,
      ended: (job, outcome) => {
        metrics.jobEnded(job, outcome);
        if (traced !== undefined) traceJob(traced.traces, job, outcome);
      },
      findings: (job, outcome) => findingsOfJob({ folders, managed }, job, outcome),
      complain,
    });
    running.unshift({ stop: () => jobs.close() });
    const audit = new Audit(database);
    const {
      directories,
      oidc,
      close: closeDirectories,
    } = await openDirectories(options, { accounts, groups, rights, audit, delays, complain }, sealing, () => url);
    running.unshift({ stop: closeDirectories });
    if (options.firstAccount !== undefined) await makeFirstAccount(options.firstAccount, accounts, audit);
    const setup = new SetupToken();
    if (await accounts.hasAdministrator()) setup.end();
    const authenticator = new Authenticator({ accounts, tokens, logins, sessions, delays, directories });
    const jobRights = new JobRights(database, (host) => site.groupsOf(host));
    /** Addresses at which this process listens. */
    const own = [new URL(url), new URL(server.url)];
    const webhooks = openWebhooks({
      database,
      sealing,
      instance,
      options: options.webhooks,
      sight: new EventSight({
        accounts,
        authenticator,
        rights,
        mayViewHosts: async (principal, hosts) => (await jobRights.of(principal))('view', hosts),
      }),
      registries: trusting,
      rights,
      url: () => url,
      own: () => own,
      tried: (state) => metrics.deliveryTried(state),
      complain,
    });
    const log = options.logs ? (message: string) => void errors.write(logLine(message)) : undefined;
    const settings = {
      url: () => url,
      trustsProxy: options.trustsProxy,
      rate: options.rate,
      metrics: { isOpen: options.metrics.isOpen, token: metricsToken(options) },
      issuerName: options.issuer,
    };
    // Each request of one that is traced has its span.
    if (traced === undefined)
      repeatedTokens = new RepeatedTokens({
        accounts,
        rights,
        answered: (seconds) => metrics.tokenRepeated(seconds),
        settings,
        log,
      });
    const parts: ServiceParts = {
      database,
      accounts,
      groups,
      tokens,
      logins,
      sessions,
      delays,
      authenticator,
      answers: new KeptAnswers(database, sealing),
      rights,
      audit,
      directories,
      oidc,
      keys,
      issuer: new TokenIssuer(keys, rights, options.issuer, options.lifetimes),
      repeatedTokens,
      registries: trusting,
      ownTokens,
      index,
      keeper,
      removals: openRemovals(index, atRegistry, options.undoDays),
      attached: new AttachedReader(atRegistry),
      storage: new StorageFigures(index),
      fronts,
      hub,
      notificationSecret,
      jobs,
      jobRights,
      schedules: new Schedules(database),
      site,
      managed,
      publications,
      drift,
      replicas,
      metrics,
      health,
      traces: traced?.traces,
      webhooks,
      setup,
      complain,
      log,
      settings,
    };
    const routes: ServiceRoute[] = [];
    const app = await makeApp(parts, server.options, (route) => routes.push(route));
    const starsOf = async (ids: readonly string[]) =>
      new Map([...(await hub.stars.of(ids, undefined))].map(([id, { stars }]) => [id, stars]));
    addV1Routes(app, parts, starsOf);
    addPageRoutes(app, options.pageTheme);
    await app.ready();
    server.begin();
    running.unshift({ stop: async () => await app.close() });
    const { name = '' } = options.registry ?? {};
    let quotaNotices = Promise.resolve();
    const beside =
      options.registry === undefined
        ? undefined
        : await startRegistry(options.registry, options, errors, {
            realm,
            bundleFile,
            others: (request, response) => {
              if (!isV1Path(request.url)) return false;
              app.routing(request, response);
              return true;
            },
            notify: async (body) => {
              const changed = await takeNotifications(index, name, JSON.parse(body));
              metrics.notifications.inc({ registry: name, result: 'taken' });
              if (changed.size > 0) keeper.wake(name);
            },
            quotaFilled: (fill) => {
              quotaNotices = quotaNotices
                .then(() => noticeQuota(database, name, fill, Date.now()))
                .catch((error: unknown) => complain(`a quota could not be told of: ${String(error)}`));
            },
          });
    if (beside !== undefined && options.registry !== undefined) {
      registries.push({ name, host: beside.name, isReadOnly: false, beside: beside.listener });
      running.unshift({
        stop: async () => {
          await beside.server.close();
          await quotaNotices;
        },
      });
      own.push(new URL(`${beside.listener.scheme}://${hostInUrl(beside.listener.address)}:${beside.listener.port}`));
    }
    keeper.begin(options.reconcileEvery * 1000);
    hub.mirrors.begin(options.reconcileEvery * 1000);
    await jobs.begin();
    const scheduler = new Scheduler(parts);
    scheduler.begin();
    running.unshift({ stop: () => scheduler.close() });
    const driftWatch = startDriftWatch(parts, options.driftEvery * 1000);
    running.unshift({ stop: async () => await driftWatch?.close() });
    const older = options.older === undefined ? undefined : await startOlder(parts, options.older, complain);
    if (older !== undefined) {
      running.unshift(older);
      own.push(new URL(older.url));
    }
    const published = await startPublications(options, publicationConfig, errors, complain);
    if (published !== undefined) {
      running.unshift(published);
      if (published.url !== undefined) own.push(new URL(published.url));
    }
    await webhooks.sender.begin();
    running.unshift({ stop: () => webhooks.sender.close() });
    const cleaning = cleanHourly(parts, options);
    running.unshift({ stop: async () => clearInterval(cleaning) });
    return {
      url,
      older: older?.url,
      registry: beside?.name,
      publications: published?.url,
      setupToken: setup.value,
      routes,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the service's own checks of the whole site; undefined: there are none. */
function startDriftWatch(parts: ServiceParts, every: number): DriftWatch | undefined {
  if (every === 0) return undefined;
  const watch = new DriftWatch(parts, {
    every,
    first: Math.min(every, 60_000 + Math.random() * 240_000),
    look: 60_000,
  });
  watch.begin();
  return watch;
}

/** @throws Error where the file can't be read, or is empty */
function metricsToken({ metrics: { tokenFile } }: ServiceOptions): string | undefined {
  if (tokenFile === undefined) return undefined;
  const token = readTextFile(tokenFile, { most: 4096, besides: 'none' }).trim();
  if (/^\S{16,}$/.test(token)) return token;
  throw new InputProblem(`metrics_token_file ${tokenFile}: must hold a token of at least 16 characters without blanks`);
}

/** Starts the server for clients of the older one. */
async function startOlder(
  parts: ServiceParts,
  { listen, port, ...options }: NonNullable<ServiceOptions['older']>,
  complain: (message: string) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = await openServer({ host: listen, port, tls: undefined }, complain, () => false);
  const app = await makeOlderApp(parts, options, server.options);
  await app.ready();
  server.begin();
  return {
    url: server.url,
    stop: async () => {
      await app.close();
      await server.stop();
    },
  };
}

/** Starts the embedded registry, which trusts the tokens of the service alone. */
async function startRegistry(
  { name, host, port, dir, quotas }: RegistryBesideOptions,
  { state, issuer, tls, logs }: ServiceOptions,
  errors: Writable,
  service: {
    readonly realm: string;
    readonly bundleFile: string;
    /** Answers what the service answers at the registry's address. */
    readonly others: RegistryServerOptions['others'];
    /** Takes notifications, in the form in which they are sent. */
    readonly notify: (body: string) => Promise<void>;
    readonly quotaFilled: RegistryServerOptions['quotaFilled'];
  },
): Promise<{
  readonly server: RegistryServer;
  readonly name: string;
  readonly listener: NonNullable<TrustingRegistry['beside']>;
}> {
  const server = await serveRegistry({
    dir,
    host,
    port,
    delete: true,
    tls,
    quotas,
    quotaFilled: service.quotaFilled,
    others: service.others,
    token: { realm: service.realm, service: name, issuer, rootcertbundle: service.bundleFile },
    notifications: {
      folder: join(state, 'notifications'),
      mostBytes: 64 << 20,
      endpoints: [
        {
          name: 'service',
          url: service.notify,
          headers: {},
          timeout: 10_000,
          threshold: 5,
          backoff: 2000,
          ignoredTypes: ['application/octet-stream'],
          ignoredActions: [],
        },
      ],
    },
    errorLog: errors,
    ...(logs ? { log: errors } : {}),
  });
  const { port: bound } = server;
  const isAny = host === '0.0.0.0' || host === '::';
  const listener = {
    scheme: tls === undefined ? 'http' : 'https',
    address: isAny ? (host === '::' ? '::1' : '127.0.0.1') : host,
    port: bound,
  } as const;
  // Of all addresses none is a name: then clients know the registry by that of the service.
  return { server, name: isAny ? `${new URL(service.realm).hostname}:${bound}` : server.host, listener };
}

function hostInUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Deletes what has ended, and tells of certificates that end, now and each hour. */
function cleanHourly(
  { database, keys, sessions, delays, answers, audit, index, removals, complain }: ServiceParts,
  options: ServiceOptions,
): NodeJS.Timeout {
  const clean = async () => {
    try {
      await sessions.clean();
      await delays.clean();
      await answers.clean();
      await cleanNotifications(index);
      await removals.keeper.clean(complain);
      await audit.clean(options.audit.days, options.audit.rows);
      const { tls } = options;
      const watched = [
        { name: 'authority of tokens', pem: keys.bundle },
        ...(tls === undefined ? [] : [{ name: 'service', pem: readTextFile(tls.cert, { most: 1 << 20 }) }]),
      ];
      await noticeCertificates(database, watched, Date.now());
    } catch (error) {
      complain(`what has ended could not be deleted: ${String(error)}`); // The next hour tries again.
    }
  };
  void clean();
  return setInterval(() => void clean(), hour).unref();
}
