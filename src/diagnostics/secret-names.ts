const secret = String.raw`(?:[\w-]*(?:passw(?:or)?d|passphrase|_pass|_secret|secret_?key|token|authorization)[\w-]*|secret)`;

/** Whether a key's value is nothing to be shown: `become_password`, `registry_token`. */
export function isSecretName(name: string): boolean {
  return new RegExp(`^${secret}$`, 'i').test(name) && !/_file$/.test(name);
}

/** Values as JSON and YAML quote them; one that goes on in the next line too. */
const quoted = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?`;
/** Within brackets a plain value ends at a comma, elsewhere with its line. */
const plain = { within: String.raw`[^\s,}\]{[][^,}\]]*`, alone: String.raw`[^\s{[].*` } as const;

/** A line of a file, with stars in place of what such keys hold. */
export function withoutSecrets(line: string): string {
  const before = line.slice(0, Math.max(0, line.search(new RegExp(secret, 'i'))));
  const value = `${quoted}|${/[{[]/.test(before) ? plain.within : plain.alone}`;
  const pair = new RegExp(`\\b(${secret})(["']?\\s*[:=]\\s*)(${value})`, 'gi');
  return line.replace(pair, (all, name: string, between: string, text: string) =>
    isSecretName(name) && !/^(?:["']?\{\{|(?:true|false|yes|no)\b)/.test(text)
      ? `${name}${between}${'*'.repeat(8)}`
      : all,
  );
}
