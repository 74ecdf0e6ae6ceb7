import type { ComponentChildren } from 'preact';
import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';

type Config = NonNullable<ServiceImage['config']>;

/** Shows how an image runs: what starts, as whom, with which environment. */
export function ImageConfig({ config }: { readonly config: Config | null }) {
  const { t } = usePlace();
  if (config === null) return null;
  const { env, entrypoint, cmd, user, workdir, ports, volumes, stopSignal, healthcheck, author } = config;
  return (
    <section aria-labelledby="config">
      <h2 id="config">{t('image.config')}</h2>
      {config.truncated && <p class="note note-warn">{t('image.config.truncated')}</p>}
      <dl class="facts">
        <Fact title={t('image.config.entrypoint')}>{commandText(entrypoint)}</Fact>
        <Fact title={t('image.config.cmd')}>{commandText(cmd)}</Fact>
        <Fact title={t('image.config.user')}>{user || t('image.config.root')}</Fact>
        <Fact title={t('image.config.workdir')}>{workdir}</Fact>
        <Fact title={t('image.config.ports')}>{ports.join(', ')}</Fact>
        <Fact title={t('image.config.volumes')}>{volumes.join(', ')}</Fact>
        <Fact title={t('image.config.stop-signal')}>{stopSignal}</Fact>
        <Fact title={t('image.config.healthcheck')}>{commandText(healthcheck)}</Fact>
        <Fact title={t('image.config.author')}>{author}</Fact>
      </dl>
      {env.length > 0 && (
        <details open={env.length <= 20}>
          <summary>{t('image.config.env', { n: env.length })}</summary>
          <pre class="wrapped">{env.join('\n')}</pre>
        </details>
      )}
    </section>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  if (children === '') return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <code>{children}</code>
      </dd>
    </>
  );
}

/** Returns a command as an image has it: a list, in which blanks mean what they are. */
function commandText(words: readonly string[]): string {
  return words.length === 0 ? '' : JSON.stringify(words);
}
