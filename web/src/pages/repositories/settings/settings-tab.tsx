import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import type { CollaboratorPage, TaggedReadme } from '../hub/hub-types.js';
import { Collaborators } from './collaborators.js';
import { DeleteRepository } from './delete-repository.js';
import { DescriptionForm } from './description-form.js';
import { ExplainAccess } from './explain-access.js';
import { NoticeSettings } from './notice-settings.js';
import { ReadmeForm } from './readme-form.js';
import { VisibilityForm } from './visibility-form.js';

interface SettingsTabProps {
  readonly repository: SizedServiceRepository;
  readonly readme: TaggedReadme | undefined;
  /** Undefined: the reader may not know. */
  readonly collaborators: CollaboratorPage | undefined;
}

/** Shows what maintainers and owners of a repository may change, each what is theirs. */
export function SettingsTab({ repository, readme, collaborators }: SettingsTabProps) {
  const { t } = usePlace();
  const { registry, name, actions } = repository;
  const isOwner = actions.includes('manage');
  if (!isOwner && !actions.includes('delete')) return <p>{t('problem.403.text')}</p>;
  return (
    <>
      {actions.includes('delete') && (
        <>
          <DescriptionForm repository={repository} />
          <ReadmeForm repository={repository} readme={readme} />
          <NoticeSettings repository={repository} />
        </>
      )}
      {isOwner && (
        <>
          <VisibilityForm repository={repository} open={collaborators?.open} />
          {collaborators !== undefined && <Collaborators repository={repository} page={collaborators} />}
          <ExplainAccess place={{ registry, repository: name }} />
        </>
      )}
      {actions.includes('delete') && <DeleteRepository repository={repository} />}
    </>
  );
}
