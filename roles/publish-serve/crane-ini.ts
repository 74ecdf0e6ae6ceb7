import { craneConfigErrors } from '../../src/index.js';
import type { CraneSections } from './crane-sections.js';
import { cloudFrontKey } from './publish-places.js';

/** Line of the configuration, and the part of publish_serve_config that it is of. */
interface ConfigLine {
  readonly text: string;
  readonly at: readonly string[];
}

/** Options of [general] that are variables of their own. */
interface GeneralOptions {
  readonly data_dir: string;
  readonly data_dir_polling_interval: number;
}

/** Returns the text of the configuration, as `provision publish serve --config` reads it. */
export function craneIni(sections: CraneSections, general: GeneralOptions): string {
  const lines = linesOf({ ...sections, general: { ...general, ...sections.general } });
  return [
    '# Configuration of provision publish serve; managed by provision.',
    ...lines.map(({ text }) => text),
    '',
  ].join('\n');
}

/** Error of a section or option. */
export interface SectionError {
  /** Its place within the sections: `['nginx', 'expression']`. */
  readonly at: readonly string[];
  readonly message: string;
}

/** Returns what the service itself would refuse of the sections. */
export function sectionErrors(sections: CraneSections): readonly SectionError[] {
  const lines = linesOf(sections);
  return craneConfigErrors(lines.map(({ text }) => text).join('\n')).map(({ place, message }) => ({
    at: lines[(place?.line ?? 0) - 1]?.at ?? [],
    message,
  }));
}

/** Tells if the sections hold a secret. */
export function holdsSecret({ cdn, akamai, nginx }: CraneSections): boolean {
  return cdn?.url_auth_secret !== undefined || akamai !== undefined || nginx !== undefined;
}

function linesOf(sections: Readonly<Record<string, unknown>>): readonly ConfigLine[] {
  return Object.entries(sections).flatMap(([section, options]) => {
    if (options === undefined) return [];
    const lines = Object.entries(Object(options)).flatMap(([name, value]): readonly ConfigLine[] => {
      if (value === undefined) return [];
      if (name === 'private_key') return [{ text: `private_key_file: ${cloudFrontKey}`, at: [section, name] }];
      return [{ text: `${name}: ${Array.isArray(value) ? value.join(' ') : String(value)}`, at: [section, name] }];
    });
    return [{ text: `[${section}]`, at: [section] }, ...lines];
  });
}
