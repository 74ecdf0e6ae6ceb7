import { useId, useState } from 'preact/hooks';
import type { ServiceReferrerContent } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { FactList } from '../../parts/fact-list.js';
import { DataTable } from '../../parts/lists/data-table.js';

type Sbom = Extract<ServiceReferrerContent['contents'][number], { readonly kind: 'sbom' }>;

/** Packages that are shown at once: more are found by their names. */
const shown = 50;

/** Shows the packages of an SBOM; a text finds some of them. */
export function SbomPackages({ sbom }: { readonly sbom: Sbom }) {
  const { t } = usePlace();
  const [text, setText] = useState('');
  const id = useId();
  const wanted = text.trim().toLowerCase();
  const found =
    wanted === ''
      ? sbom.packages
      : sbom.packages.filter(({ name, version, licenses }) =>
          [name, version, ...licenses].some((each) => each.toLowerCase().includes(wanted)),
        );
  const rows = found.slice(0, shown).map((each, index) => ({ ...each, key: `${index} ${each.name}` }));
  return (
    <>
      <FactList
        facts={[
          [t('referrer.format'), `${sbom.format} ${sbom.formatVersion}`],
          [t('sbom.name'), sbom.name],
          [t('image.created'), sbom.createdAt],
          [t('sbom.tools'), sbom.tools.join(', ')],
        ]}
      />
      <div class="field">
        <label for={id}>{t('sbom.find')}</label>
        <input
          id={id}
          type="search"
          value={text}
          autocomplete="off"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <p class="muted" role="status">
        {t('sbom.count', { shown: rows.length, found: found.length, n: sbom.count })}
      </p>
      <DataTable
        caption={t('sbom.packages')}
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          {
            key: 'name',
            title: t('sbom.package'),
            isHead: true,
            cell: ({ name, purl }) => <span title={purl}>{name}</span>,
          },
          { key: 'version', title: t('sbom.version'), cell: ({ version }) => version },
          { key: 'licenses', title: t('sbom.licenses'), cell: ({ licenses }) => licenses.join(', ') || '–' },
        ]}
      />
    </>
  );
}
