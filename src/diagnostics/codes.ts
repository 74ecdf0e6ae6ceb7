/**
 * Every kind of mistake that input can have, with what it means. A code is stable: programs may rely on it, whatever
 * the message says.
 */
export const codes = {
  yaml: 'The file is no YAML, or YAML that is not used here (several documents, tags)',
  ini: 'A line of an inventory in INI that cannot be read',
  'unreadable-file': 'A file or folder that is named cannot be read',
  vault: 'Something encrypted that cannot be opened: no password, a wrong one, or it is damaged',
  'unknown-key': 'A key that means nothing where it stands',
  'missing-key': 'A key that has to be there is not',
  recursion: 'A file of tasks that would contain itself',
  'wrong-type': 'A value of another type than is expected',
  'wrong-value': 'A value of the right type that is not allowed',
  unsupported: 'Something of Ansible that is not done here; the hint says what is',
  'unsupported-key': 'A key of Ansible that is written otherwise here',
  contradiction: 'Two settings that mean the same and differ',
  range: 'A range of hosts that cannot be expanded',
  'no-group': 'A group that is spoken of, and is nowhere declared',
  'group-cycle': 'A group that is its own child',
  'two-files': 'Two files of variables for one group or host, of which one would not be read',
  pattern: 'A pattern of hosts, or a part of one, that matches none',
  option: 'Options of the command line that do not go together',
  'extra-vars': 'An argument of -e that cannot be read',
  template: 'A template or condition that cannot be read or rendered',
  'undefined-variable': 'A template names a variable that is not there',
  'broken-site': 'A site in TypeScript that cannot be imported, or exports no plays',
  'no-role': 'An entry of roles names none',
  'unknown-role': 'A role that is not there',
  'broken-role': 'A role that cannot be loaded, or exports none',
  'unknown-variable': 'A variable that the role does not have, given at its entry',
  'wrong-variable': 'A variable of a role that does not fit its schema',
  'role-variables': 'Variables of a role that do not fit together',
  'no-resource': 'A task that says nothing to do',
  'two-resources': 'A task that says two things to do',
  handler: 'A handler that cannot be used as it is written',
  'unknown-handler': 'A task notifies a handler that is not there',
  image: 'Text that is no name of an image where one is to be',
  'image-list': 'A list of images of no known format, or one that asks for what is not done here',
  'become-password': 'A sudo password is needed and cannot be asked for',
  'key-passphrase': 'A passphrase that does not open the key it is for',
  ask: 'A variable is to be asked for and cannot be',
  rerun: 'There is no earlier run whose hosts could be taken again',
  'unwritable-file': 'A file that is named for output cannot be written',
} as const satisfies Readonly<Record<string, string>>;

/** Stable name of a kind of mistake. */
export type DiagnosticCode = keyof typeof codes;
