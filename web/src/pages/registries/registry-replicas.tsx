import type { ServiceReplicas } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { ShortDigest } from '../../parts/digest.js';
import { durationText } from '../../parts/jobs/duration.js';
import { DataTable } from '../../parts/lists/data-table.js';

const tones = { agree: 'good', differ: 'warn', unknown: 'plain' } as const;

/** Shows the hosts of a registry that has several: which tags each lacks, and how far behind it is. */
export function RegistryReplicas({ replicas }: { readonly replicas: ServiceReplicas }) {
  const { t, language } = usePlace();
  const { members, state, complete } = replicas;
  return (
    <section>
      <h2>
        {t('replicas.title')} <Badge tone={tones[state]}>{t(`replicas.state.${state}`)}</Badge>
      </h2>
      {!complete && <p class="muted">{t('replicas.partly')}</p>}
      <DataTable
        caption={t('replicas.title')}
        rows={members}
        rowKey={({ host }) => host}
        columns={[
          { key: 'host', title: t('job.host'), isHead: true, cell: ({ host }) => host },
          { key: 'role', title: t('replicas.role'), cell: ({ role }) => t(`replicas.role.${role}`) },
          {
            key: 'state',
            title: t('job.state'),
            cell: (member) => (
              <>
                <Badge tone={member.reachable === false ? 'bad' : tones[member.state]}>
                  {member.reachable === false ? t('overview.registry-fails') : t(`replicas.state.${member.state}`)}
                </Badge>{' '}
                {member.error}
              </>
            ),
          },
          {
            key: 'lag',
            title: t('replicas.lag'),
            cell: ({ lagSeconds }) => (lagSeconds === null ? '–' : durationText(lagSeconds, language)),
          },
          {
            key: 'tags',
            title: t('replicas.tags'),
            cell: ({ state, missing, other, extra }) =>
              state === 'unknown' ? '–' : t('replicas.counts', { missing, other, extra }),
          },
          { key: 'looked', title: t('registry.looked'), cell: ({ lookedAt }) => <Age at={lookedAt} /> },
        ]}
      />
      {members
        .filter(({ tags }) => tags.length > 0)
        .map(({ host, tags, missing, other, extra }) => (
          <details key={host}>
            <summary>{t('replicas.of-host', { host, n: missing + other + extra })}</summary>
            <ul class="rows">
              {tags.map(({ repository, tag, problem, wanted, found }) => (
                <li key={`${repository}:${tag}`}>
                  <Badge tone="warn">{t(`replicas.problem.${problem}`)}</Badge> {repository}:{tag}{' '}
                  {wanted !== null && <ShortDigest digest={wanted} />}
                  {found !== null && found !== wanted && (
                    <>
                      {' → '}
                      <ShortDigest digest={found} />
                    </>
                  )}
                </li>
              ))}
            </ul>
            {missing + other + extra > tags.length && <p class="muted">{t('replicas.first')}</p>}
          </details>
        ))}
    </section>
  );
}
