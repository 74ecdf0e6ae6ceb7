import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

interface CommentFormProps {
  readonly label: string;
  readonly submit: string;
  /** Text that it begins with. */
  readonly first: string;
  readonly send: (text: string) => Promise<void>;
  readonly onCancel?: () => void;
}

/** Form of a comment's text. */
export function CommentForm({ label, submit, first, send, onCancel }: CommentFormProps) {
  const { t } = usePlace();
  const [text, setText] = useState(first);
  const action = useAction(async () => {
    await send(text);
    setText('');
  });
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run();
      }}
    >
      <TextField label={label} name="text" value={text} onValue={setText} rows={5} hint={t('markdown.hint')} required />
      <ProblemNote problem={action.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={action.isBusy}>
          {submit}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            {t('confirm.cancel')}
          </button>
        )}
      </p>
    </form>
  );
}
