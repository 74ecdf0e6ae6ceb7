import { placeOfWord } from '../words/schemas.js';
import { structureWords } from '../words/structure-words.js';
import { ansibleModules, insteadOfModule } from './ansible-modules.js';

/** Hints for words of Ansible's that mean nothing here. */
const words: Readonly<Record<string, string>> = {
  action: 'write the resource as the key: `file: {…}`',
  'ansible.cfg': 'its settings are options of the command line, and variables of the inventory: the file is not read',
  allow_duplicates: 'remove it: a role runs wherever it is named',
  apply: 'remove it: tags, become and variables of the task are handed down',
  args: 'write the parameters under the resource',
  async: 'long commands are waited for; remove it',
  become_flags: 'remove it: sudo is used as it is configured',
  become_method: 'remove it: sudo is what is used',
  check_mode: 'remove it: probes never write, and --check is for the whole run',
  collections: 'remove it: resources and roles have one name',
  connection: 'write it in the play, or ansible_connection in the inventory',
  defaults_from: 'give the variables under `vars`',
  delegate_facts: 'write a play for that host: its facts are its own',
  diff: 'use --diff for the whole run',
  environment: 'write it in the command: `env NAME=value …`',
  force_handlers: 'remove it: handlers that are due are recorded on the host and run in the next run',
  gather_subset: 'remove it: all facts come in one request',
  handlers_from: 'remove it: a role has its handlers with it',
  ignore_unreachable: 'remove it: the other hosts go on',
  import_playbook: 'write its plays here, or run the sites one after the other',
  include: 'use `import_tasks`, or `include_tasks` where the name is known at run time',
  include_vars: 'use `vars_files` of the play',
  local_action: 'write the resource, and `delegate_to: localhost` beside it',
  module_defaults: 'write the parameters in each task, or use a variable',
  order: 'remove it: hosts are taken in the order of the inventory',
  poll: 'long commands are waited for; remove it',
  port: 'write ansible_port in the inventory',
  public: 'remove it: variables of a role are its own',
  remote_user: 'write ansible_user in the inventory',
  'requirements.yml': 'there are no collections: it is not read. Roles lie in roles/ beside the site',
  rolespec_validate: 'remove it: variables of a role are always checked',
  strategy: 'remove it: each host goes at its own pace, and `serial` makes batches',
  su: 'write `become: true`',
  su_user: 'write `become_user`',
  sudo: 'write `become: true`',
  sudo_user: 'write `become_user`',
  tasks_from: 'make a role of its own of those tasks',
  throttle: 'use `serial` of the play, or --forks',
  timeout: '`command`, `get_url` and `wait` have a parameter `timeout`',
  user: 'write ansible_user in the inventory, or --user',
  vars_from: 'give the variables under `vars`',
  vars_prompt: 'ask for it with --ask NAME, or give it with -e name=value',
};

/** Words of `meta` that mean nothing here. */
const metas: Readonly<Record<string, string>> = {
  clear_facts: 'remove it: facts are read once a run',
  clear_host_errors: 'remove it: a host that failed is out of the run; run again for it with --limit',
  end_batch: 'put what follows into a file of its own, `import_tasks` it, and give that a `when`',
  end_host: 'put what follows into a file of its own, `import_tasks` it, and give that a `when`',
  end_play: 'put what follows into a file of its own, `import_tasks` it, and give that a `when`',
  end_role: 'return fewer tasks from the role',
  refresh_inventory: 'run what follows as a site of its own: the inventory is read when a run begins',
  reset_connection: 'run what follows as a site of its own: it logs in anew',
};

/** All words of Ansible's plays, tasks and modules that are answered with what to do instead. */
export const unsupportedWords: readonly string[] = [...Object.keys(words), ...ansibleModules].sort();

/** Words of `meta` that are answered so. */
export const unsupportedMetas: readonly string[] = Object.keys(metas);

/** Returns the hint for a word of `meta` that Ansible knows; nothing for one unknown to both. */
export function insteadOfMeta(word: string): string | undefined {
  return Object.hasOwn(metas, word) ? metas[word] : undefined;
}

/** Returns the hint for a key that Ansible knows and a site doesn't have; nothing for keys unknown to both. */
export function insteadOf(key: string, kinds: readonly string[]): string | undefined {
  if (key.startsWith('with_')) return 'write `loop:` with a list';
  if (Object.hasOwn(words, key)) return words[key];
  const elsewhere = placeOfWord(key);
  if (elsewhere !== undefined) return elsewhere;
  const short = /^[a-z_]\w*\.\w+\.(\w+)$/.exec(key)?.[1];
  const name = short ?? key;
  if (short !== undefined && (kinds.includes(short) || structureWords.includes(short)))
    return `write it as \`${short}:\``;
  const module = insteadOfModule(name, kinds);
  if (module !== undefined) return module;
  return short === undefined
    ? undefined
    : (insteadOf(short, kinds) ?? 'there is no such resource: `provision explain` lists those there are');
}
