import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceRetentionPreview } from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { CarryOutRetention } from './carry-out-retention.js';
import { RetentionFields } from './retention-fields.js';
import { RetentionPreview } from './retention-preview.js';
import { retentionBody, retentionOf, retentionQuery, retentionValues } from './retention-values.js';

interface Previewed {
  readonly items: readonly ServiceRetentionPreview[];
  readonly next: string | null;
}

/** Form of the rules, with what they would delete. The rules are in the address. */
export function RetentionForm({
  registries,
  query,
}: {
  readonly registries: readonly string[];
  readonly query: URLSearchParams;
}) {
  const { t, api } = usePlace();
  const [registry, setRegistry] = useState(
    registries.find((name) => name === query.get('registry')) ?? registries[0] ?? '',
  );
  const [repository, setRepository] = useState(query.get('repository') ?? '');
  const [values, setValues] = useState(() => retentionValues(retentionOf(query)));
  const [previewed, setPreviewed] = useState<Previewed>();
  const form = useRef<HTMLFormElement>(null);
  const read = async (after: string | undefined) => {
    const path = apiPath`/api/v1/registries/${registry}/retention/preview` + apiQuery({ after });
    return await api.send<Items<ServiceRetentionPreview>>('POST', path, {
      retention: retentionBody(values, t),
      ...(repository.trim() === '' ? {} : { repository: repository.trim() }),
    });
  };
  const preview = useAction(async () => {
    setPreviewed(undefined);
    const { items, next = null } = await read(undefined);
    setPreviewed({ items, next });
    const asked = apiQuery({ registry, repository: repository.trim(), ...retentionQuery(values) });
    history.replaceState(null, '', `/retention${asked}`);
  });
  const more = useAction(async () => {
    const { items, next = null } = await read(previewed?.next ?? undefined);
    setPreviewed({ items: [...(previewed?.items ?? []), ...items], next });
  });
  useEffect(() => {
    if (preview.problem !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [preview.problem]);
  return (
    <>
      <form
        ref={form}
        class="form-page"
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          void preview.run();
        }}
      >
        <Choice
          label={t('repository.registry')}
          name="registry"
          value={registry}
          options={registries.map((value) => ({ value, label: value }))}
          onValue={(name) => {
            setRegistry(name);
            setPreviewed(undefined);
          }}
        />
        <RetentionFields
          values={values}
          onChange={(changes) => {
            setValues((former) => ({ ...former, ...changes }));
            setPreviewed(undefined);
          }}
          problem={preview.problem}
        />
        <TextField
          label={t('retention.only')}
          name="repository"
          value={repository}
          onValue={setRepository}
          hint={t('retention.only.hint')}
          error={errorAt(preview.problem, '/repository')}
        />
        <ProblemNote problem={preview.problem} />
        <p class="actions">
          <button type="submit" class="primary" disabled={preview.isBusy}>
            {t('retention.preview')}
          </button>
        </p>
      </form>
      {previewed !== undefined && (
        <>
          <RetentionPreview registry={registry} {...previewed} onMore={() => void more.run()} isBusy={more.isBusy} />
          <ProblemNote problem={more.problem} />
          <CarryOutRetention registry={registry} values={values} isPart={repository.trim() !== ''} />
        </>
      )}
    </>
  );
}
