import type { ApiProblem } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { errorAt } from '../../../parts/fields/field-errors.js';
import { TextField } from '../../../parts/fields/text-field.js';
import type { RegistryValues } from './registry-values.js';

interface StorageFieldsProps {
  readonly values: RegistryValues;
  readonly onChange: (changes: Partial<RegistryValues>) => void;
  readonly problem: ApiProblem | undefined;
}

/** Fields of the place of a registry's images. */
export function RegistryStorageFields({ values, onChange, problem }: StorageFieldsProps) {
  const { t } = usePlace();
  const { storage } = values;
  return (
    <fieldset>
      <legend>{t('registry.storage')}</legend>
      <Choice
        label={t('registry.storage.kind')}
        value={storage}
        options={[
          { value: '', label: t('registry.usual') },
          { value: 'directory', label: t('registry.storage.directory') },
          { value: 'nfs', label: t('registry.storage.nfs') },
          { value: 's3', label: 'S3' },
        ]}
        onValue={(value) => onChange({ storage: value })}
        {...(storage === '' ? { error: errorAt(problem, '/storage') } : {})}
      />
      {storage === 'directory' && (
        <TextField
          label={t('registry.storage.directory')}
          value={values.directory}
          onValue={(directory) => onChange({ directory })}
          error={errorAt(problem, '/storage')}
          placeholder="/srv/registry"
        />
      )}
      {storage === 'nfs' && (
        <>
          <TextField
            label={t('registry.nfs.server')}
            value={values.nfsServer}
            onValue={(nfsServer) => onChange({ nfsServer })}
            error={errorAt(problem, '/storage/nfs/server') ?? errorAt(problem, '/storage')}
          />
          <TextField
            label={t('registry.nfs.path')}
            value={values.nfsPath}
            onValue={(nfsPath) => onChange({ nfsPath })}
            hint={t('registry.nfs.path.hint')}
            error={errorAt(problem, '/storage/nfs/path')}
          />
          <TextField
            label={t('registry.nfs.options')}
            value={values.nfsOptions}
            onValue={(nfsOptions) => onChange({ nfsOptions })}
            error={errorAt(problem, '/storage/nfs/options')}
          />
        </>
      )}
      {storage === 's3' && (
        <TextField
          label="S3"
          value={values.s3}
          onValue={(s3) => onChange({ s3 })}
          hint={t('registry.s3.hint')}
          error={errorAt(problem, '/storage')}
          rows={5}
        />
      )}
    </fieldset>
  );
}
