/** Options of {@link hardenedUnit}. */
export interface HardenedUnitOptions {
  readonly description: string;
  /** Units that it starts after, if they start at all. */
  readonly after: readonly string[];
  /** User and group that it runs as. */
  readonly user: string;
  /** Variables of its environment; values without blanks, quotes and `%`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Command, with the path of its program. */
  readonly command: string;
  /** Folder that it is started in. */
  readonly directory: string;
  /** Paths that it may write to. */
  readonly writes: readonly string[];
  /** Further paths that it reads, where they may lie in a home. */
  readonly reads: readonly string[];
  /** Addresses that it listens on: `0.0.0.0:8443`. */
  readonly listens: readonly string[];
}

/** Returns the text of a unit: a user of its own, and nothing that the service does not need. */
export function hardenedUnit(options: HardenedUnitOptions): string {
  const { description, after, user, environment = {}, command, directory, writes, reads, listens } = options;
  const isLow = listens.some((listen) => Number(listen.split(':').at(-1)) < 1024);
  const inHome = [...writes, ...reads].some((path) => /^\/(home|root|run\/user)\//.test(path));
  const capability = isLow ? 'CAP_NET_BIND_SERVICE' : '';
  const variables = Object.entries(environment).map(([name, value]) => `Environment=${name}=${value}\n`);
  return `# Managed by provision.
[Unit]
Description=${description}
After=${['network-online.target', ...after].join(' ')}
Wants=network-online.target

[Service]
User=${user}
Group=${user}
${variables.join('')}ExecStart=${command}
WorkingDirectory=${directory}
Restart=on-failure
RestartSec=2
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=${capability}
AmbientCapabilities=${capability}
ProtectSystem=strict
${writes.length === 0 ? '' : `ReadWritePaths=${writes.join(' ')}\n`}ProtectHome=${inHome ? 'no' : 'yes'}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
}
