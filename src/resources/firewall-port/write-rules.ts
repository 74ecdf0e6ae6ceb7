import { type Sh, sh } from '../../sh.js';
import { contentOf } from '../content/file-content.js';
import { type Replacement, replaceHostFile } from '../content/replace-file.js';

/** Writes a file of rules, with the owner and mode that it has, or 0644; ends the script where that fails. */
export function writeRules(path: string, text: string, how: Pick<Replacement, 'backup' | 'validate'>): Sh {
  const attributes = sh`if [ -e ${path} ]; then chown --reference=${path} "$temp" && chmod --reference=${path} "$temp"
else chmod 0644 "$temp"; fi || exit`;
  return sh`printf %s ${text} | ${replaceHostFile({ path, sha256: contentOf(text).sha256, attributes, ...how })} || exit`;
}
