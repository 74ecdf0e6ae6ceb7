import { usePlace } from '../../kernel/place.js';
import { CopyButton } from '../../parts/copy-button.js';

/** Settings by which a registry sends its notifications to the service. */
export interface NotificationSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Shows these settings as a registry's configuration has them. They hold a secret: closed until asked for. */
export function NotificationSettingsView({ settings }: { readonly settings: NotificationSettings }) {
  const { t } = usePlace();
  const text = [
    'notifications:',
    '  endpoints:',
    '    - name: provision',
    `      url: ${JSON.stringify(settings.url)}`,
    `      headers: ${JSON.stringify(settings.headers)}`,
    '      timeout: 5s',
    '      threshold: 3',
    '      backoff: 10s',
    '      ignoredmediatypes: [application/octet-stream]',
  ].join('\n');
  return (
    <section aria-labelledby="notifications">
      <h2 id="notifications">{t('notifications.title')}</h2>
      <p>{t('notifications.text')}</p>
      <details>
        <summary>{t('notifications.show')}</summary>
        <p class="muted">{t('notifications.secret')}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
        <pre tabIndex={0}>
          <code>{text}</code>
        </pre>
        <CopyButton text={text} label={t('copy.label')} />
      </details>
    </section>
  );
}
