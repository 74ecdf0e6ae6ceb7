import type { InventoryData } from '../../inventory/load.js';
import type { SitePlay } from '../../site/modules/define-site.js';
import type { RegistriesOfHost } from '../registries/registries-file.js';
import type { HiddenInput } from './hidden-input.js';
import type { VaultPasswordOptions } from './vault-passwords.js';

/** Options of a session: a site, the hosts it is for, and how it is run. They are the command's. */
export interface SessionOptions extends VaultPasswordOptions {
  /** A site's file (YAML, TypeScript or JavaScript), or its plays. */
  readonly site: string | readonly SitePlay[];
  /**
   * Inventory files, folders, `host1,host2,` or groups with their hosts; later ones override earlier ones. Default:
   * localhost alone.
   */
  readonly inventory?: string | InventoryData | readonly (string | InventoryData)[];
  /** Folder of `roles/`, `templates/` and `files/`; default: that of the site's file, or the working directory. */
  readonly folder?: string;
  /** Registries that a service manages, in place of those of `registries.yaml` in the folder. */
  readonly registries?: readonly RegistriesOfHost[];
  /** A pattern of hosts, as `--limit` takes it. */
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** Variables above all others. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /**
   * More of them as `-e` takes them: `k=v`, a map in YAML or JSON, or `@file`. Later ones override earlier ones; `vars`
   * overrides them all.
   */
  readonly extraVars?: readonly string[];
  /** Variables above these, whose values are data: braces in them are no templates. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Names of variables whose values are entered, or in the environment: PROVISION_ASK_NAME. They are secrets. */
  readonly ask?: readonly string[];
  readonly check?: boolean;
  readonly force?: boolean;
  /** Drops handlers that an earlier run left on a host and that no play has. */
  readonly dropPending?: boolean;
  /** Removes what earlier runs of the site's file made on a host and the site no longer names. Default: it is reported. */
  readonly prune?: boolean;
  /** Updates what provision has written and nobody has edited since. */
  readonly update?: boolean;
  /** Undefined: the roles' variables decide. */
  readonly sync?: boolean;
  /** With `check`: differences make the exit status 3. */
  readonly strict?: boolean;
  /** Hosts worked on at a time; default 32. */
  readonly forks?: number;
  /** A folder to stage into. */
  readonly root?: string;
  readonly user?: string;
  /** A private key's file. */
  readonly privateKey?: string;
  /** Passphrase of encrypted keys; default: PROVISION_KEY_PASSPHRASE of the environment. */
  readonly keyPassphrase?: string;
  readonly acceptNew?: boolean;
  readonly become?: boolean;
  readonly becomeUser?: string;
  /** Password of sudo; default: PROVISION_BECOME_PASSWORD of the environment. */
  readonly becomePassword?: string;
  /** Has the password of sudo entered, where none is given. */
  readonly askBecomePassword?: boolean;
  /** Asks a person for a secret that a run cannot do without. Default: nobody is asked, and what is missing is an error. */
  readonly askSecret?: HiddenInput | undefined;
  /** Aborted: no new tasks are begun, those under way end, and the report is made. */
  readonly signal?: AbortSignal;
}
