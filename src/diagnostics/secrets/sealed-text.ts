/** Returns true for a text that is encrypted by Ansible Vault: a file, or a value of one. */
export function isSealed(text: string): boolean {
  return text.startsWith('$ANSIBLE_VAULT;');
}
