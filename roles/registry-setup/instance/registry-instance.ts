import type { Results, RoleContext, Task } from '../../../src/index.js';
import type { InstanceSettings } from '../vars/instance.js';
import type { RegistryVars } from '../vars/role-vars.js';
import type { Distribution } from './distribution.js';
import type { StorageDriver } from './storage-driver.js';
import type { TlsFiles } from './tls-files.js';
import type { TrustedTokenServer } from './token-server.js';

/** One registry of a host, with everything decided that can be without asking the host. */
export interface RegistryInstance {
  /** `registry`, or of several: `registryPORT` unless named. */
  readonly name: string;
  /** The host's only registry, made from the role's variables alone: in the package's own unit and configuration. */
  readonly only: boolean;
  readonly state: 'present' | 'absent';
  readonly runtime: InstanceSettings['registry_runtime'];
  readonly port: number;
  /** Empty: all of the host's. */
  readonly address: string;
  /** As the host itself reaches it: `http://localhost:5000`. */
  readonly url: string;
  /** Version of its images: a label that selects its storage. */
  readonly version: string | undefined;
  /** Version of its program, for which its configuration is written. */
  readonly distribution: Distribution;
  readonly driver: StorageDriver;
  /** For the driver `filesystem`. */
  readonly storageDirectory: string;
  readonly readOnly: boolean;
  readonly deleteEnabled: boolean;
  readonly tls: TlsFiles | undefined;
  readonly htpasswd: string | undefined;
  /** Authority of the registry that a pull-through cache fetches from. */
  readonly proxyCa: string | undefined;
  /** Token server that says who may do what. */
  readonly token: TrustedTokenServer | undefined;
  /** File with the authority of the service that is notified; `undefined`: one that the system trusts. */
  readonly serviceCa: string | undefined;
  readonly configPath: string;
  /** Unit of systemd that runs it, without `.service`; docker's own for the docker runtime. */
  readonly unit: string;
  /** The container that it is, for the docker and podman runtimes. */
  readonly container: string;
  /** The registry's command, for the package runtime. */
  readonly binary: string;
  readonly packages: readonly string[];
  /** User that it runs as; undefined: root. */
  readonly user: string | undefined;
  /** True: a configuration that differs is replaced. */
  readonly force: boolean;
  /** All its settings: its own, and the role's for the rest. */
  readonly vars: InstanceSettings;
}

/** Context of a registry's tasks. */
export interface InstanceContext {
  readonly role: RoleContext<RegistryVars>;
  /** Condition of every task: false where the registry belongs to somebody else. */
  readonly when: (results: Results) => boolean;
  /** The packages that bring it, for `needs`. */
  readonly installed: readonly `package:${string}`[];
  /** The handler to `notify` of what the registry reads only at its start. */
  readonly restart: Task;
}

/** Context of tasks that write files. A registry that rereads them itself needs no handler. */
export type FilesContext = Omit<InstanceContext, 'restart'> & Partial<Pick<InstanceContext, 'restart'>>;
