import { z } from 'zod';
import type { SettingName } from './setting-names.js';

const path = z.string().min(1);

/** Schemas of each setting of a host, for editors; SettingReader reports errors. */
export const settingSchemas = {
  host: z.union([z.string(), z.number()]).describe('Name or address to dial; default: the name in the inventory'),
  port: z.int().min(1).max(65_535).describe('Port of sshd'),
  user: z.union([z.string(), z.number()]).describe('Who to log in as'),
  connection: z
    .enum(['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh'])
    .describe('ssh, or local: this machine, without ssh'),
  identity_file: z
    .union([path, z.array(path).min(1)])
    .describe('Key to log in with, or several; relative to the file where it is written'),
  known_hosts_file: z
    .union([path, z.array(path).min(1)])
    .describe('Where host keys are looked up; default: ~/.ssh/known_hosts and the system’s'),
  accept_new: z.boolean().describe('Trust and remember the key of a host that is not known yet'),
  password: z.string().describe('Password to log in with; better encrypted (provision vault)'),
  become: z.boolean().describe('Run as another user, by sudo'),
  become_user: z.string().describe('That user; default: root'),
  become_password: z.string().describe('Password that sudo asks for; better encrypted, or -K'),
  root: path.describe('Stage into a folder: every path lies below it'),
  connect_timeout: z.number().positive().max(86_400).describe('Seconds to wait for a connection; default: 10'),
  connect_retries: z
    .int()
    .min(0)
    .describe('More attempts to connect where a host refuses, closes or does not answer; default: 1'),
} as const satisfies Record<SettingName, z.ZodType>;
