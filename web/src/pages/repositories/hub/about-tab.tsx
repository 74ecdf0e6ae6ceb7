import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Empty } from '../../../parts/empty.js';
import { Html } from '../../../parts/html.js';
import type { Readme } from './hub-types.js';

interface AboutTabProps {
  readonly repository: SizedServiceRepository;
  readonly readme: Readme | undefined;
}

/** Shows the README of a repository. */
export function AboutTab({ repository: { actions }, readme }: AboutTabProps) {
  const { t, url } = usePlace();
  const edit = actions.includes('delete') && <a href={`${url.split('?')[0]}?tab=settings`}>{t('about.edit')}</a>;
  if (readme === undefined) {
    return (
      <Empty title={t('about.none')}>
        <p>{edit || t('about.none.text')}</p>
      </Empty>
    );
  }
  return (
    <>
      <article class="readme" aria-label={t('repository.tab.about')}>
        <Html html={readme.html} />
      </article>
      <p class="muted">
        {t('about.written', { name: readme.writtenBy })} <Age at={readme.writtenAt} /> {edit}
      </p>
    </>
  );
}
