import { useState } from 'preact/hooks';
import type { ServiceWebhook } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { RegistryChoice } from '../access/registry-choice.js';
import { type GivenHeader, HeaderFields, headersBody } from './header-fields.js';
import { KindChecks } from './kind-checks.js';
import { webhookFormats } from './webhook-data.js';

interface WebhookFormProps {
  readonly registries: readonly string[];
  /** Undefined: a new one is made. */
  readonly webhook?: ServiceWebhook;
  readonly submit: string;
  readonly send: (body: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** Fields of a webhook: where it is, what it hears of, in which form. */
export function WebhookForm({ registries, webhook, submit, send }: WebhookFormProps) {
  const { t } = usePlace();
  const [kinds, setKinds] = useState<readonly string[]>(webhook?.kinds ?? []);
  const [headers, setHeaders] = useState<readonly GivenHeader[]>(
    (webhook?.headers ?? []).map((name) => ({ name, value: '', isKept: true })),
  );
  const first = {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    registry: webhook?.registry ?? '',
    path: webhook?.path ?? '',
    format: webhook?.format ?? 'cloudevents',
    template: webhook?.template ?? '',
    templateType: webhook?.templateType ?? 'json',
  };
  const form = useForm<Record<keyof typeof first, string>>(first, async (values) => {
    const isTemplate = values.format === 'template';
    await send({
      name: values.name,
      url: values.url.trim(),
      registry: values.registry,
      path: values.path.trim(),
      format: values.format,
      kinds,
      headers: headersBody(headers, webhook?.headers ?? []),
      ...(isTemplate ? { template: values.template, templateType: values.templateType } : { template: null }),
    });
  });
  const types = ['json', 'text'] as const;
  return (
    <form method="post" class="wide-form" onSubmit={form.onSubmit} aria-label={submit}>
      <TextField {...form.text('name')} label={t('settings.name')} required maxLength={100} autocomplete="off" />
      <TextField
        {...form.text('url')}
        label={t('webhooks.url')}
        type="url"
        placeholder="https://ci.example.com/hook"
        hint={t('webhooks.url.hint')}
        required
        autocomplete="off"
      />
      <div class="fields">
        <TextField
          {...form.text('path')}
          label={t('access.path')}
          hint={t('webhooks.path.hint')}
          autocomplete="off"
          autocapitalize="none"
        />
        <RegistryChoice
          registries={registries}
          value={form.values.registry}
          onValue={(value) => form.set('registry', value)}
        />
      </div>
      <KindChecks kinds={kinds} onKinds={setKinds} error={form.errorAt('/kinds')} />
      <Choice
        label={t('webhooks.format')}
        name="format"
        value={form.values.format}
        options={webhookFormats.map((value) => ({ value: value as string, label: t(`webhooks.format.${value}`) }))}
        onValue={(value) => form.set('format', value)}
        error={form.errorAt('/format')}
      />
      {form.values.format === 'template' && (
        <>
          <TextField
            {...form.text('template')}
            label={t('webhooks.template')}
            hint={t('webhooks.template.hint')}
            rows={8}
          />
          <Choice
            label={t('webhooks.template-type')}
            name="templateType"
            value={form.values.templateType}
            options={types.map((value) => ({ value: value as string, label: t(`webhooks.template-type.${value}`) }))}
            onValue={(value) => form.set('templateType', value)}
          />
        </>
      )}
      <HeaderFields headers={headers} onHeaders={setHeaders} errorAt={form.errorAt} />
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {submit}
        </button>
      </p>
    </form>
  );
}
