import type { Plan } from '../../model/resource.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { bareRegistry, type ImagesParams } from './images-params.js';
import type { ImagesProbe } from './images-probe.js';
import type { ImagesLook } from './look.js';

/** Probe of the host and, once the controller has looked, what is to be copied. */
export interface ImagesState extends ImagesProbe {
  readonly look: ImagesLook | undefined;
}

/** Compares both registries: fine, refused, or a change with what is copied, updated and deleted. */
export function planCopies(
  { look, ...probe }: ImagesState,
  params: ImagesParams,
  copiedAll: () => void = () => {},
): Plan<ImagesState> {
  if (look === undefined) return { verdict: 'refused', message: 'the registries were not queried' };
  if ('problem' in look) {
    return { verdict: 'refused', message: look.problem, ...(look.hint === undefined ? {} : { hint: look.hint }) };
  }
  const { results, plan: copies, route } = look;
  const notices = [...params.notices, ...copies.notices];
  const failed = results.filter(({ state }) => state === 'failed');
  const planned = results.filter(({ state }) => state === 'planned');
  const details = [
    route.why,
    ...notices,
    ...results.map(({ name, state, digest = '' }) => `${name} ${state} ${digest}`.trimEnd()),
  ];
  if (planned.length === 0 && failed.length > 0) {
    const hint = failed.find(({ error }) => error?.hint !== undefined)?.error?.hint;
    return {
      verdict: 'refused',
      message: describeFailures(failed, results.length),
      ...(hint === undefined ? {} : { hint }),
    };
  }
  if (planned.length === 0)
    return {
      verdict: 'ok',
      note: `${count(results.length, 'image')}, all as at ${bareRegistry(params.from)}${describeNotices(notices)}`,
      details,
    };
  const { bytes, uploads, mounts, manifests } = copies.totals;
  return {
    verdict: 'change',
    summary: `${describeVerbs(planned)} of ${count(results.length, 'image')} via ${route.via}, ${formatBytes(bytes)} in ${uploads} blobs, ${mounts} mounts, ${manifests} manifests: ${firstNames(planned)}${describeNotices(notices)}`,
    details,
    apply: {
      via: 'controller',
      repeatable: true, // What is there is found by its digest and not sent again.
      run: async (session) => {
        const { copyImages } = await import('./copy.js');
        const copied = await copyImages(params, probe, look, session);
        const lost = copied.filter(({ state }) => state === 'failed');
        if (lost.length > 0) return describeFailures(lost, results.length);
        copiedAll();
        return undefined;
      },
    },
    ...(failed.length === 0 ? {} : { uncertain: describeFailures(failed, results.length) }),
  };
}

/** Words the first notice, which the user should know however little is shown; all of them are among the details. */
function describeNotices([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return `; note: ${first}${others.length === 0 ? '' : ` (and ${others.length} more, with -v)`}`;
}

function describeFailures(failed: readonly ImageResult[], of: number): string {
  const each = failed.map(({ name, error }) => `${name} (${error?.message ?? ''})`);
  return `${failed.length} of ${count(of, 'image')} failed: ${each.join('; ')}`;
}

/** Words what is planned: `copied 3, pruned 1`. */
function describeVerbs(images: readonly ImageResult[]): string {
  const each = (['copied', 'updated', 'pruned'] as const).flatMap((verb) => {
    const number = images.filter(({ planned }) => planned === verb).length;
    return number === 0 ? [] : [`${verb} ${number}`];
  });
  return each.join(', ');
}

function firstNames(images: readonly ImageResult[]): string {
  const most = 5;
  const names = images.map(({ name }) => name);
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
