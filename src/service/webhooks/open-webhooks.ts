import type { Database } from '../store/database.js';
import type { SealingKey } from '../store/key-file.js';
import type { TrustingRegistries } from '../tokens/registries.js';
import { Deliveries } from './delivery/deliveries.js';
import type { TriedState } from './delivery/end-try.js';
import { EventTelling } from './delivery/event-telling.js';
import type { EventSight } from './event-sight.js';
import { TargetGuard } from './target/target-guard.js';
import type { WebhookOptions } from './webhook-options.js';
import { WebhookSender } from './webhook-sender.js';
import { Webhooks } from './webhooks.js';

/** Webhooks of a service, as its routes use them. */
export interface WebhookParts {
  readonly store: Webhooks;
  readonly deliveries: Deliveries;
  readonly sight: EventSight;
  readonly telling: EventTelling;
  readonly guard: TargetGuard;
  readonly sender: WebhookSender;
}

interface Parts {
  readonly database: Database;
  readonly sealing: SealingKey;
  /** Name of this service among those that share the database. */
  readonly instance: string;
  readonly options: WebhookOptions;
  readonly sight: EventSight;
  readonly registries: TrustingRegistries;
  readonly rights: ConstructorParameters<typeof EventTelling>[0]['rights'];
  /** Address of the service. */
  readonly url: () => string;
  /** Addresses of all that listens in this process. */
  readonly own: () => readonly URL[];
  /** Told the end of each try. */
  readonly tried: (state: TriedState) => void;
  readonly complain: (message: string) => void;
}

/** Makes the parts of webhooks; nothing is sent yet. */
export function openWebhooks({
  database,
  sealing,
  instance,
  options,
  sight,
  registries,
  rights,
  url,
  own,
  tried,
  complain,
}: Parts): WebhookParts {
  const store = new Webhooks(database, sealing);
  const deliveries = new Deliveries(database, instance);
  const telling = new EventTelling({ database, registries, rights, source: url });
  const guard = new TargetGuard({ allow: options.allow, own });
  const sender = new WebhookSender({
    webhooks: store,
    deliveries,
    sight,
    telling,
    guard,
    options,
    now: Date.now,
    tried,
    complain,
  });
  return { store, deliveries, sight, telling, guard, sender };
}
