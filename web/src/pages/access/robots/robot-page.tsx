import type {
  ServiceAccountRights,
  ServiceRobot,
  ServiceToken,
} from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Badge } from '../../../parts/badge.js';
import { registryAddress } from '../../tokens/registry-address.js';
import { Tokens } from '../../tokens/tokens.js';
import { AccessTabs } from '../access-tabs.js';
import { GrantForm } from '../grants/grant-form.js';
import { RightsList } from '../grants/rights-list.js';
import { registryNames } from '../registry-choice.js';
import { RobotForm } from './robot-form.js';

interface RobotData {
  readonly robot: ServiceRobot;
  readonly tokens: readonly ServiceToken[];
  readonly rights: ServiceAccountRights;
  readonly registries: readonly string[];
  readonly address: string | undefined;
}

/** Page of one robot: its tokens, and what it may. */
export const robotPage = definePage<RobotData>({
  title: ({ robot }) => robot.name,
  needsAccount: true,
  load: async ({ api, params }) => {
    const name = params.name ?? '';
    const [robot, tokens, rights, registries, address] = await Promise.all([
      api.get<ServiceRobot>(apiPath`/api/v1/robots/${name}`),
      api.get<Items<ServiceToken>>(apiPath`/api/v1/robots/${name}/tokens`),
      api.get<ServiceAccountRights>(apiPath`/api/v1/robots/${name}/rights`),
      registryNames(api),
      registryAddress(api),
    ]);
    return { robot, tokens: tokens.items, rights, registries, address };
  },
  View: ({ data: { robot, tokens, rights, registries, address } }) => {
    const { t } = usePlace();
    const { name } = robot;
    const plus = name.indexOf('+');
    return (
      <>
        <p class="crumbs">
          <a href="/access/robots">{t('access.robots')}</a>
        </p>
        <div class="title-row">
          <h1 tabIndex={-1}>{name}</h1>
          {robot.disabled && (
            <p>
              <Badge tone="bad">{t('settings.disabled')}</Badge>
            </p>
          )}
        </div>
        <AccessTabs />
        <Tokens
          path={apiPath`/api/v1/robots/${name}/tokens`}
          account={name}
          tokens={tokens}
          address={address}
          hint={t('tokens.hint.robot')}
        />
        <section>
          <h2>{t('access.rights')}</h2>
          <RightsList rights={rights} />
          <GrantForm
            registries={registries}
            subject={{ kind: 'account', name }}
            path={plus === -1 ? '' : `${name.slice(0, plus)}/`}
          />
        </section>
        <RobotForm key={JSON.stringify(robot)} robot={robot} />
      </>
    );
  },
});
