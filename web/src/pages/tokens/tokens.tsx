import { useState } from 'preact/hooks';
import type { IssuedServiceToken, ServiceToken } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { CopyButton } from '../../parts/copy-button.js';
import { Empty } from '../../parts/empty.js';
import { ShownOnce } from '../../parts/forms/shown-once.js';
import { TokenForm } from './token-form.js';
import { TokenTable } from './token-table.js';

interface TokensProps {
  /** Path of the API that has them. */
  readonly path: string;
  /** Name of the account that they open. */
  readonly account: string;
  readonly tokens: readonly ServiceToken[];
  readonly address: string | undefined;
  readonly hint: string;
}

/** Lists the access tokens of an account; makes and deletes them. A new one is shown once, with the login that it is for. */
export function Tokens({ path, account, tokens, address, hint }: TokensProps) {
  const { t, reload } = usePlace();
  const [issued, setIssued] = useState<IssuedServiceToken>();
  const [isOpen, setOpen] = useState(false);
  const command = `docker login -u ${account} ${address ?? t('tokens.registry')}`;
  return (
    <section>
      <h2>{t('tokens.title')}</h2>
      <p>{hint}</p>
      {issued !== undefined && (
        <ShownOnce
          title={t('tokens.made', { label: issued.label })}
          secret={issued.secret}
          onClose={() => setIssued(undefined)}
        >
          <p>{t('tokens.use')}</p>
          <p class="command">
            <code>{command}</code> <CopyButton text={command} />
          </p>
        </ShownOnce>
      )}
      {tokens.length === 0 ? (
        <Empty title={t('tokens.none')}>
          <p>{t('tokens.none-text')}</p>
        </Empty>
      ) : (
        <TokenTable path={path} tokens={tokens} />
      )}
      {isOpen ? (
        <TokenForm
          path={path}
          onMade={async (token) => {
            setIssued(token);
            setOpen(false);
            await reload();
          }}
          onClose={() => setOpen(false)}
        />
      ) : (
        <p>
          <button
            type="button"
            onClick={() => {
              setIssued(undefined);
              setOpen(true);
            }}
          >
            {t('tokens.new')}
          </button>
        </p>
      )}
    </section>
  );
}
