/** Facts of a host, gathered in one request before its tasks are made. */
export interface Facts {
  readonly os_family: 'debian' | 'redhat' | 'other';
  /** `ID` of os-release(5): `debian`, `ubuntu`, `centos`, `rhel`, … */
  readonly os_id: string;
  /** `VERSION_ID` of os-release(5), empty where there is none. */
  readonly os_version: string;
  /** Number before the first dot of `os_version`, 0 where there is none. */
  readonly os_major: number;
  readonly os_name: string;
  /** `uname -m`: `x86_64`, `aarch64`, … */
  readonly arch: string;
  readonly kernel: string;
  readonly hostname: string;
  readonly fqdn: string;
  /** All addresses but loopback's and link-local IPv6 ones, IPv4 first. */
  readonly addresses: readonly string[];
  /** Address of the interface that the default route leaves by, else the first address, else empty. */
  readonly default_address: string;
  readonly package_manager: 'apt' | 'dnf' | 'yum' | 'none';
  readonly service_manager: 'systemd' | 'sysvinit' | 'none';
  /** Version of the client binary, empty when not installed. */
  readonly docker_version: string;
  readonly podman_version: string;
  /** User that scripts run as: `root` once become holds. */
  readonly user: string;
  readonly uid: number;
  readonly home: string;
}
