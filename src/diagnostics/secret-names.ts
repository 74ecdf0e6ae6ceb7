const secret = String.raw`[\w-]*(?:passw(?:or)?d|passphrase|_pass|_secret|token)[\w-]*`;

/** Whether a key's value is nothing to be shown: `become_password`, `registry_token`. */
export function isSecretName(name: string): boolean {
  return new RegExp(`^${secret}$`, 'i').test(name) && !/_file$/.test(name);
}

/** A line of a file, with stars in place of what such keys hold. */
export function withoutSecrets(line: string): string {
  const pair = new RegExp(`\\b(${secret})(["']?\\s*[:=]\\s*)("[^"]*"|'[^']*'|[^\\s,}\\]{[][^,}\\]]*)`, 'gi');
  return line.replace(pair, (all, name: string, between: string, value: string) =>
    isSecretName(name) && !value.startsWith('{{') ? `${name}${between}${'*'.repeat(8)}` : all,
  );
}
