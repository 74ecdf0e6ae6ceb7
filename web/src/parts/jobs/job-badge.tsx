import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import type { MessageKey } from '../../kernel/catalogue.js';
import type { Translate } from '../../kernel/messages.js';
import { usePlace } from '../../kernel/place.js';
import { Badge, type Tone } from '../badge.js';

const tones: Readonly<Record<string, Tone>> = {
  ok: 'good',
  changed: 'good',
  differs: 'warn',
  cancelled: 'plain',
};

/** Shows the result of a job; while it is open its state. */
export function JobBadge({ job: { state, result } }: { readonly job: Pick<ServiceJob, 'state' | 'result'> }) {
  const { t } = usePlace();
  if (state !== 'done') return <Badge tone={state === 'running' ? 'busy' : 'plain'}>{t(`job.state.${state}`)}</Badge>;
  return <ResultBadge result={result} />;
}

/** Shows a result, of a job or of a host in it. */
export function ResultBadge({ result }: { readonly result: string | null }) {
  const { t } = usePlace();
  if (result === null) return <span class="muted">–</span>;
  return <Badge tone={tones[result] ?? 'bad'}>{resultText(result, t)}</Badge>;
}

const results = ['ok', 'changed', 'differs', 'failed', 'unreachable', 'partly', 'cancelled', 'lost'];

/** Returns a result in words; one that is not known stays as it is. */
export function resultText(result: string, t: Translate): string {
  return results.includes(result) ? t(`job.result.${result}` as MessageKey) : result;
}
