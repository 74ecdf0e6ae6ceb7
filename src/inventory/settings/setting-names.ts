/** Our name of each variable that says how a host is reached, and the names that Ansible has for it. */
export const spellings = {
  host: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  connection: ['ansible_connection'],
  identity_file: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  known_hosts_file: [],
  accept_new: [],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  become: ['ansible_become'],
  become_user: ['ansible_become_user'],
  become_password: ['ansible_become_password', 'ansible_become_pass'],
  root: [],
  connect_timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  connect_retries: ['ansible_ssh_retries'],
} as const satisfies Record<string, readonly string[]>;

export type SettingName = keyof typeof spellings;

/** A variable of Ansible's that would change how a host is reached and isn't supported. */
export interface RefusedSetting {
  readonly hint: string;
  /** Values that say what is done anyway. */
  readonly harmless?: readonly unknown[];
}

const sshConfig = 'write the options into ~/.ssh/config, which is read (ProxyJump, for example)';
const hostKeys = 'host keys are always checked; an unknown one is accepted with --accept-new, or accept_new: true';

/** Variables of Ansible's that would mislead if they were ignored: each is an error that says what to do instead. */
export const refused: Readonly<Record<string, RefusedSetting>> = {
  ansible_ssh_args: { hint: sshConfig },
  ansible_ssh_common_args: { hint: sshConfig },
  ansible_ssh_extra_args: { hint: sshConfig },
  ansible_host_key_checking: { hint: hostKeys, harmless: [true, 'true', 'True', 'yes'] },
  ansible_ssh_host_key_checking: { hint: hostKeys, harmless: [true, 'true', 'True', 'yes'] },
  ansible_become_method: { hint: 'remove it: sudo is what is used', harmless: ['sudo', 'ansible.builtin.sudo'] },
  ansible_become_flags: { hint: 'remove it: sudo is run without further options' },
  ansible_become_exe: { hint: 'remove it: sudo is found by its name', harmless: ['sudo'] },
};
