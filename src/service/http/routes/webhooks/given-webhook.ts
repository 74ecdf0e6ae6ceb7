import type { z } from 'zod';
import { invalid } from '../../../access/accounts/accounts.js';
import { serviceEventKinds } from '../../../events/service-event.js';
import { type webhookChanges, webhookFormats } from '../../../schemas/webhooks.js';
import type { ServiceParts } from '../../../service-parts.js';
import { canTell } from '../../../webhooks/formats/body-of.js';
import { eventKindsOf, type GivenWebhook, type OpenedWebhook, type StoredWebhook } from '../../../webhooks/webhooks.js';

/** Headers of a webhook at most. */
const mostHeaders = 20;

/** Returns a webhook's fields if they can be. @throws Problem that names the field */
export async function checkedWebhook(parts: ServiceParts, given: GivenWebhook): Promise<GivenWebhook> {
  const { guard, telling } = parts.webhooks;
  // Not by the schema, which would repeat it: it may hold a secret.
  if (!URL.canParse(given.url)) throw invalid('/url', 'must be an address: https://ci.example.com/hook');
  const url = new URL(given.url);
  url.hash = '';
  const wrongTarget = guard.problemOf(url);
  if (wrongTarget !== undefined) throw invalid('/url', wrongTarget);
  const { registry, format, template, templateType: type, kinds } = given;
  if (registry !== '' && parts.registries.find(registry) === undefined) {
    throw invalid('/registry', 'must be the name of a registry of the service');
  }
  const untold = serviceEventKinds.find((kind) => kinds.includes(kind) && !canTell(format, kind));
  if (untold !== undefined) throw invalid('/kinds', `${untold} has no form in the format ${format}`);
  if ((format === 'template') !== (template !== '')) {
    throw invalid('/template', format === 'template' ? 'must be there' : 'counts with the format template alone');
  }
  if (template !== '') {
    const { templateProblem } = await import('../../../webhooks/formats/template-body.js');
    const problem = templateProblem({ text: template, type }, telling.example('', '', 0));
    if (problem !== undefined) throw invalid('/template', problem);
  }
  // Names of headers don't differ by their letters' size.
  const headers = Object.fromEntries(Object.entries(given.headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (Object.keys(headers).length > mostHeaders) throw invalid('/headers', `must be ${mostHeaders} at most`);
  return { ...given, url: url.href, headers };
}

/** Returns the fields of a webhook with changes. */
export function changedWebhook(
  former: StoredWebhook,
  { url, headers: kept }: OpenedWebhook,
  changes: z.output<typeof webhookChanges>,
): GivenWebhook {
  const { headers: given = {}, template, ...rest } = changes;
  const headers = new Map(Object.entries(kept));
  for (const [name, value] of Object.entries(given)) {
    if (value === null) headers.delete(name.toLowerCase());
    else headers.set(name.toLowerCase(), value);
  }
  const format = webhookFormats.find((each) => each === former.format) ?? 'cloudevents';
  // A template goes with its format.
  const isOther = rest.format !== undefined && rest.format !== 'template';
  return {
    name: rest.name ?? former.name,
    url: rest.url ?? url,
    registry: rest.registry ?? former.registry,
    path: rest.path ?? former.path,
    kinds: rest.kinds ?? eventKindsOf(former),
    format: rest.format ?? format,
    template: template === undefined ? (isOther ? '' : former.template) : (template ?? ''),
    templateType: rest.templateType ?? former.template_type,
    headers: Object.fromEntries(headers),
    enabled: rest.enabled ?? former.is_enabled === 1,
  };
}
