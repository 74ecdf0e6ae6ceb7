import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { CopyButton } from '../../parts/copy-button.js';
import { ResultBadge } from '../../parts/jobs/job-badge.js';
import { hostHref, jobHref, registryHref } from '../../parts/jobs/work-references.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { RegistryState, urgencyOf } from './registry-state.js';

/** Lists registries. */
export function RegistryTable({ registries }: { readonly registries: readonly ServiceRegistry[] }) {
  const { t } = usePlace();
  return (
    <DataTable
      caption={t('nav.registries')}
      rows={registries.toSorted((a, b) => urgencyOf(b) - urgencyOf(a) || (a.name < b.name ? -1 : 1))}
      rowKey={({ name }) => name}
      columns={[
        {
          key: 'name',
          title: t('registry.name'),
          isHead: true,
          cell: ({ name }) => <a href={registryHref(name)}>{name}</a>,
        },
        { key: 'state', title: t('job.state'), cell: (registry) => <RegistryState registry={registry} /> },
        { key: 'kind', title: t('registry.kind'), cell: ({ kind }) => kindText(kind, t) },
        {
          key: 'host',
          title: t('job.host'),
          cell: ({ host }) => (host === null ? '–' : <a href={hostHref(host)}>{host}</a>),
        },
        { key: 'version', title: t('registry.version'), cell: ({ version }) => version ?? '–' },
        {
          key: 'address',
          title: t('registry.address'),
          cell: ({ address }) => (
            <span>
              <code>{address}</code> <CopyButton text={address} />
            </span>
          ),
        },
        {
          key: 'writes',
          title: t('registry.writes'),
          cell: ({ readOnly }) => t(readOnly ? 'registry.read-only' : 'registry.writable'),
        },
        {
          key: 'visibility',
          title: t('registry.visibility'),
          cell: ({ visibility }) => (visibility === null ? '–' : visibilityText(visibility, t)),
        },
        { key: 'looked', title: t('registry.looked'), cell: ({ reconciledAt }) => <Age at={reconciledAt} /> },
        {
          key: 'job',
          title: t('host.last-job'),
          cell: ({ job, result }) =>
            job === null ? (
              '–'
            ) : (
              <a href={jobHref(job)}>{result === null ? t('job.state.open') : <ResultBadge result={result} />}</a>
            ),
        },
      ]}
    />
  );
}

type Translated = ReturnType<typeof usePlace>['t'];

/** Returns the kind of a registry in words; one that is not known stays as it is. */
export function kindText(kind: string | null, t: Translated): string {
  const known = (['private', 'sponsor', 'mirror', 'vendor'] as const).find((each) => each === kind);
  return known === undefined ? (kind ?? '–') : t(`registry.kind.${known}`);
}

/** Returns a visibility in words; one that is not known stays as it is. */
export function visibilityText(visibility: string, t: Translated): string {
  const known = (['public', 'internal', 'private'] as const).find((each) => each === visibility);
  return known === undefined ? visibility : t(`registry.visibility.${known}`);
}
