import { applyRetention } from '../../../registry/admin/apply-retention.js';
import { planRetention, type RetentionRules } from '../../../registry/admin/retention-plan.js';
import type { OpenedRegistry } from '../../../registry/client/open.js';
import { parsePattern } from '../../../registry/lists/pattern.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { catalogAccess, openTrusting } from '../../images/open-trusting.js';
import type { OwnTokens } from '../../tokens/own-tokens.js';
import type { TrustingRegistries } from '../../tokens/registries.js';
import type { JobRequest } from '../job.js';
import type { JobOutcome } from '../job-store.js';
import type { OwnSignals } from '../own-jobs.js';
import { upkeepAccess, upkeepSubject } from './upkeep-account.js';

type Say = (text: string, level?: 'info' | 'warning') => void;
type RetainRequest = Extract<JobRequest, { work: 'retain' }>;
type GcRequest = Extract<JobRequest, { work: 'gc' }>;

interface Parts {
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
  readonly signals: OwnSignals;
}

/** Deletes the tags of a registry that no rule keeps, or only says which. A repository that would lose all is skipped. */
export async function retainRegistryTags(parts: Parts, request: RetainRequest, say: Say): Promise<JobOutcome> {
  const { rules, apply } = request;
  const access = (repository: string | undefined) =>
    repository === undefined
      ? catalogAccess
      : { type: 'repository', name: repository, actions: ['pull', 'push', 'delete'] };
  return await onRegistry(parts, request.registry, access, async (registry) => {
    const { noMore } = parts.signals;
    const wanted = rulesOf(rules);
    let removed = 0;
    let failed = 0;
    for (const repository of await registry.repositories()) {
      noMore.throwIfAborted();
      const page = await registry.tagsPage(repository);
      if (page === undefined || page.tags.length === 0) continue; // Emptied ones stay in the catalogue of docker-registry.
      const plan = await planRetention(registry, repository, wanted);
      if (plan.remove.length === 0) continue;
      if (plan.emptied && !rules.allowEmpty) {
        say(`${repository}: skipped, for no tag would be left: keep one by a rule, or set allowEmpty`, 'warning');
        continue;
      }
      if (!apply) {
        for (const { tag, why } of plan.remove) say(`${repository}:${tag} would be deleted: ${why}`);
        removed += plan.remove.length;
        continue;
      }
      for (const { tag, error } of await applyRetention(registry, plan, { signal: noMore })) {
        if (error === undefined) removed += 1;
        else failed += 1;
        say(`${repository}:${tag} ${error === undefined ? 'deleted' : `stays: ${error.message}`}`, error && 'warning');
      }
    }
    say(
      `${count(removed, 'tag')} ${apply ? 'deleted' : 'would be deleted'}${failed === 0 ? '' : `, ${failed} failed`}`,
    );
    if (failed > 0) return { result: 'failed', problem: `${count(failed, 'tag')} could not be deleted` };
    return { result: removed === 0 ? 'ok' : apply ? 'changed' : 'differs' };
  });
}

/** Has a registry collect its garbage, or only say how much there is. */
export async function collectGarbageOf(parts: Parts, request: GcRequest, say: Say): Promise<JobOutcome> {
  return await onRegistry(
    parts,
    request.registry,
    () => upkeepAccess,
    async (registry) => {
      if (!(await registry.collectsItself())) {
        return {
          result: 'failed',
          problem:
            `${registry.host} is not the embedded registry: its garbage is collected on its host, ` +
            'at the times of registry_gc_schedule or by provision registry gc --on HOST',
        };
      }
      const { deleteUntagged, apply } = request;
      const { blobs, bytes, manifests, repositories } = await registry.collectItself({
        dryRun: !apply,
        deleteUntagged,
      });
      const skipped = repositories.filter((each) => each.skipped !== undefined);
      for (const { name, skipped: why } of skipped) say(`${name}: skipped: ${why}`, 'warning');
      const garbage = `${count(blobs, 'blob')} (${formatBytes(bytes)}) and ${count(manifests, 'manifest')}`;
      say(apply ? `collected ${garbage}` : `${garbage} would be deleted`);
      if (skipped.length > 0) return { result: 'failed', problem: `${count(skipped.length, 'repository')} skipped` };
      return { result: blobs + manifests === 0 ? 'ok' : apply ? 'changed' : 'differs' };
    },
  );
}

async function onRegistry(
  { registries, ownTokens, signals }: Parts,
  name: string,
  access: Parameters<typeof openTrusting>[1]['access'],
  work: (registry: OpenedRegistry) => Promise<JobOutcome>,
): Promise<JobOutcome> {
  const found = registries.find(name);
  if (found === undefined) return { result: 'failed', problem: `there is no registry ${name} any more` };
  const registry = openTrusting(found, { ownTokens, subject: upkeepSubject, access, signal: signals.atOnce });
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

/** Reads rules. @throws Error for a pattern that is none: schemas have refused it before */
function rulesOf({ newest, youngerThan, keep, deny }: RetainRequest['rules']): RetentionRules {
  const patternOf = (text: string) => {
    const pattern = parsePattern(text);
    if ('error' in pattern) throw new Error(`${text}: ${pattern.error}`);
    return pattern;
  };
  return { newest, youngerThan, keep: keep.map(patternOf), deny: deny.map(patternOf) };
}
