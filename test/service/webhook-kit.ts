import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessTokens } from '../../src/service/access/accounts/access-tokens.js';
import { AccountStore } from '../../src/service/access/accounts/accounts.js';
import { Groups } from '../../src/service/access/accounts/groups.js';
import { Logins } from '../../src/service/access/accounts/logins.js';
import { Sessions } from '../../src/service/access/accounts/sessions.js';
import { Audit } from '../../src/service/access/audit.js';
import { Authenticator } from '../../src/service/access/authenticator.js';
import { LoginDelays } from '../../src/service/access/credentials/login-delays.js';
import { openDirectories } from '../../src/service/access/directories/open-directories.js';
import { RightsStore } from '../../src/service/access/rights/rights.js';
import { addServiceEvent } from '../../src/service/events/add-service-event.js';
import type { NewServiceEvent } from '../../src/service/events/service-event.js';
import type { Database } from '../../src/service/store/database.js';
import { openKeyFile } from '../../src/service/store/key-file.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import type { AccountRow } from '../../src/service/store/tables.js';
import { Deliveries } from '../../src/service/webhooks/delivery/deliveries.js';
import { EventTelling } from '../../src/service/webhooks/delivery/event-telling.js';
import { EventSight } from '../../src/service/webhooks/event-sight.js';
import { TargetGuard } from '../../src/service/webhooks/target/target-guard.js';
import { WebhookSender } from '../../src/service/webhooks/webhook-sender.js';
import { type GivenWebhook, type StoredWebhook, Webhooks } from '../../src/service/webhooks/webhooks.js';

/** Webhooks of a service on a database, by a clock that a test moves. */
export interface WebhookBench {
  readonly database: Database;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly sender: WebhookSender;
  readonly accounts: AccountStore;
  readonly rights: RightsStore;
  readonly anna: AccountRow;
  /** Milliseconds since 1970. */
  readonly clock: { now: number };
  readonly log: string[];
  add(given: Partial<GivenWebhook> & { readonly url: string }, by?: AccountRow): Promise<StoredWebhook>;
  /** Writes the event of a push. */
  push(tag: string, repository?: string): Promise<void>;
  event(event: NewServiceEvent): Promise<void>;
  /** Sends what is due, and waits for its end. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

interface BenchOptions {
  /** Address of a database; default: SQLite in a new folder. */
  readonly address?: string;
  readonly keyFile?: string;
  readonly instance?: string;
  readonly allow?: readonly string[];
  readonly caFile?: string;
  readonly resolve?: ConstructorParameters<typeof TargetGuard>[0]['resolve'];
}

const digest = (tag: string) => `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0')}`;

/** Opens webhooks on a database, with an administrator `anna`. */
export async function webhookBench({
  address,
  keyFile,
  instance = 'one',
  allow = ['127.0.0.1'],
  caFile,
  resolve,
}: BenchOptions = {}): Promise<WebhookBench> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-webhooks-'));
  const database = await openDatabase(address ?? join(folder, 'service.db'));
  const sealing = await openKeyFile(keyFile ?? join(folder, 'key'));
  const log: string[] = [];
  const complain = (message: string) => void log.push(message);
  const [accounts, groups, audit] = [new AccountStore(database), new Groups(database), new Audit(database)];
  const [tokens, logins] = [new AccessTokens(database), new Logins(database)];
  const [sessions, delays] = [new Sessions(database), new LoginDelays(database)];
  const rights = new RightsStore(database, 'private');
  const url = () => 'https://service.example.com';
  const { directories } = await openDirectories(
    { ldap: undefined, oidc: undefined },
    { accounts, groups, rights, audit, delays, complain },
    sealing,
    url,
  );
  const authenticator = new Authenticator({ accounts, tokens, logins, sessions, delays, directories });
  const clock = { now: Date.now() };
  const webhooks = new Webhooks(database, sealing);
  const deliveries = new Deliveries(database, instance);
  const registries = { find: () => undefined, list: () => [] };
  const telling = new EventTelling({ database, registries, rights, source: url });
  const sender = new WebhookSender({
    webhooks,
    deliveries,
    sight: new EventSight({ accounts, authenticator, rights, mayViewHosts: async () => false }),
    telling,
    guard: new TargetGuard({ allow, own: () => [], ...(resolve === undefined ? {} : { resolve }) }),
    options: { allow, caFile, days: 30, rows: 1000 },
    now: () => clock.now,
    tried: () => undefined,
    complain,
  });
  const anna = (await accounts.find('anna')) ?? (await accounts.create({ name: 'anna', isAdmin: true }));
  const event = async (given: NewServiceEvent) =>
    await database.db.transaction().execute(async (db) => await addServiceEvent(db, given));
  return {
    database,
    webhooks,
    deliveries,
    sender,
    accounts,
    rights,
    anna,
    clock,
    log,
    event,
    add: async (given, by = anna) => {
      const usual = { name: 'ci', registry: '', path: '', kinds: [], format: 'cloudevents' as const, headers: {} };
      const rest = { template: '', templateType: 'json' as const, enabled: true };
      return (await webhooks.add({ ...usual, ...rest, ...given }, by, clock.now)).row;
    },
    push: async (tag, repository = 'team/app') =>
      await event({
        kind: 'tag.pushed',
        subject: `main/${repository}:${tag}`,
        registry: 'main',
        repository,
        at: clock.now - 10_000,
        actor: 'bob',
        data: { tag, digest: digest(tag), oldDigest: null },
      }),
    pass: async () => {
      await sender.pass();
      await sender.idle();
    },
    close: async () => {
      await sender.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
