import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import type { Items } from '../../../kernel/api/items.js';
import { usePlace } from '../../../kernel/place.js';
import { Empty } from '../../../parts/empty.js';
import { focusLater } from '../../../parts/focus-later.js';
import { Confirm } from '../../../parts/forms/confirm.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { MoreRows } from '../../../parts/lists/more-rows.js';
import { useMoreRows } from '../../../parts/lists/use-more-rows.js';
import { CommentEntry } from './comment-entry.js';
import { CommentForm } from './comment-form.js';
import { commentPath, commentsPath } from './comment-path.js';
import type { Comment } from './hub-types.js';

interface CommentsTabProps {
  readonly repository: SizedServiceRepository;
  readonly page: Items<Comment>;
}

/** Shows what people say of a repository, the oldest first. */
export function CommentsTab({ repository: { registry, name, actions }, page }: CommentsTabProps) {
  const { t, api, session, reload, say, url } = usePlace();
  const list = useMoreRows(page, (after) => commentsPath(registry, name, after));
  const [doomed, setDoomed] = useState<Comment>();
  const remove = useAction(async () => {
    if (doomed === undefined) return;
    await api.send('DELETE', commentPath(registry, name, doomed));
    await reload();
    say(t('comments.deleted'));
    focusLater();
  });
  return (
    <section aria-label={t('repository.tab.comments')}>
      {list.items.length === 0 ? (
        <Empty title={t('comments.none')} />
      ) : (
        <ul class="comments">
          {list.items.map((comment) => (
            <CommentEntry
              key={comment.id}
              comment={comment}
              repository={{ registry, name }}
              mayEdit={comment.own}
              mayDelete={comment.own || (session !== null && actions.includes('delete'))}
              onDelete={() => setDoomed(comment)}
            />
          ))}
        </ul>
      )}
      <MoreRows list={list} />
      {session === null ? (
        <p>
          <a href={`/login?next=${encodeURIComponent(url)}`}>{t('comments.login')}</a>
        </p>
      ) : (
        actions.includes('pull') && (
          <CommentForm
            label={t('comments.add')}
            submit={t('comments.submit')}
            first=""
            send={async (text) => {
              await api.send('POST', repositoryApi(registry, name, '/comments'), { text });
              await reload();
              say(t('comments.added'));
            }}
          />
        )
      )}
      <Confirm
        title={t('comments.delete.title')}
        isOpen={doomed !== undefined}
        onClose={() => {
          remove.forget();
          setDoomed(undefined);
        }}
        action={remove}
        confirm={t('comments.delete')}
        isDangerous
      >
        <p>{t('comments.delete.text', { name: doomed?.author ?? '' })}</p>
      </Confirm>
    </section>
  );
}
