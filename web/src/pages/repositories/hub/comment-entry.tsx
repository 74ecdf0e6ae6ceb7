import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { imageHref } from '../../../kernel/references.js';
import { Age } from '../../../parts/age.js';
import { Html } from '../../../parts/html.js';
import { CommentForm } from './comment-form.js';
import { commentPath } from './comment-path.js';
import type { Comment } from './hub-types.js';

interface CommentEntryProps {
  readonly comment: Comment;
  readonly repository: { readonly registry: string; readonly name: string };
  readonly mayEdit: boolean;
  readonly mayDelete: boolean;
  readonly onDelete: () => void;
}

/** Shows one comment, and lets who wrote it change it. */
export function CommentEntry({
  comment,
  repository: { registry, name },
  mayEdit,
  mayDelete,
  onDelete,
}: CommentEntryProps) {
  const { t, api, reload, say } = usePlace();
  const [isEdited, setEdited] = useState(false);
  const { author, tag, createdAt, editedAt, html, text: source } = comment;
  return (
    <li class="comment">
      <p class="comment-head">
        <strong>{author}</strong> <Age at={createdAt} />{' '}
        {editedAt !== null && (
          <span class="muted">
            {t('comments.edited')} <Age at={editedAt} />
          </span>
        )}{' '}
        {tag !== null && tag !== '' && <a href={imageHref(registry, name, tag)}>{tag}</a>}
      </p>
      {isEdited ? (
        <CommentForm
          label={t('comments.edit')}
          submit={t('comments.save')}
          first={source}
          send={async (text) => {
            await api.send('PATCH', commentPath(registry, name, comment), { text });
            await reload();
            say(t('comments.saved'));
            setEdited(false);
          }}
          onCancel={() => setEdited(false)}
        />
      ) : (
        <Html html={html} />
      )}
      {!isEdited && (mayEdit || mayDelete) && (
        <p class="actions">
          {mayEdit && (
            <button type="button" class="quiet" onClick={() => setEdited(true)}>
              {t('comments.edit')}
            </button>
          )}
          {mayDelete && (
            <button type="button" class="quiet" aria-haspopup="dialog" onClick={onDelete}>
              {t('comments.delete')}
            </button>
          )}
        </p>
      )}
    </li>
  );
}
