import { covers } from '../../access/rights/paths.js';
import { type ServiceEventKind, serviceEventKinds } from '../../events/service-event.js';
import { webhookFormats } from '../../schemas/webhooks.js';
import type { ServiceEventRow } from '../../store/tables.js';
import { canTell } from '../formats/body-of.js';
import { eventKindsOf, type StoredWebhook } from '../webhooks.js';

/** Returns true for an event that a webhook was made for. Whether its account may see it is another question. */
export function hears(hook: StoredWebhook, event: Pick<ServiceEventRow, 'kind' | 'registry' | 'repository'>): boolean {
  const kinds = eventKindsOf(hook);
  if (kinds.length > 0 && !kinds.includes(event.kind)) return false;
  if (hook.registry !== '' && hook.registry !== event.registry) return false;
  if (hook.path !== '' && (event.repository === '' || !covers(hook.path, event.repository))) return false;
  const format = webhookFormats.find((each) => each === hook.format);
  const kind: ServiceEventKind | undefined = serviceEventKinds.find((each) => each === event.kind);
  return format !== undefined && kind !== undefined && canTell(format, kind);
}
