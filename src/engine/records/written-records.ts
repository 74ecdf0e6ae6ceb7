import { z } from 'zod';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { HostRecords, WrittenText } from '../../model/records.js';
import type { Become } from '../../model/task.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { RecordPlace, RecordPlaces } from './record-places.js';

/** File of the records, in the folder of a place: a JSON object a line, of which the last for a key counts. */
export const writtenFile = 'written.jsonl';

const line = z.object({
  key: z.string(),
  value: z.string(),
  /** Own text that was there before; it still is if the write did not come to its end. */
  former: z.string().optional(),
});
type Line = z.infer<typeof line>;

/** Lines of a file beyond those that count, after which it is written anew. */
const slack = 100;

/** Number of lines from which each hundredth renews the file: most may be of files that are gone. */
const many = 500;

/** Records of what provision has written on a host, read with the facts and kept in step with each change. */
export class WrittenRecords implements HostRecords {
  readonly #places: RecordPlaces;
  readonly #known = new Map<string, Line>();
  readonly #lines: Record<RecordPlace, number> = { system: 0, own: 0 };
  readonly #keys: Record<RecordPlace, Set<string>> = { system: new Set(), own: new Set() };

  /** @param found lines that the host printed, by place. What is no record is left out: half a line of a killed run. */
  constructor(places: RecordPlaces, found: Readonly<Record<RecordPlace, readonly string[]>>) {
    this.#places = places;
    for (const place of ['system', 'own'] as const) {
      for (const text of found[place]) {
        this.#lines[place] += 1;
        const read = readLine(text);
        if (read !== undefined) this.#remember(read, place);
      }
    }
  }

  valuesOf(key: string): readonly string[] {
    const known = this.#known.get(key);
    return known === undefined ? [] : [known.value, ...(known.former === undefined ? [] : [known.former])];
  }

  /**
   * Returns a script that records texts ahead of the change that writes them, and the user who can run it; undefined for
   * none.
   *
   * @param as user of the change
   */
  recordScript(texts: readonly WrittenText[], as: Become): { readonly script: Sh; readonly as: Become } | undefined {
    if (texts.length === 0) return undefined;
    const ofUser = this.#places.placeFor(as);
    const place = ofUser ?? this.#places.mainPlace();
    for (const { key, value, before } of texts) {
      const isOwn = before !== undefined && this.valuesOf(key).includes(before);
      this.#remember({ key, value, ...(isOwn && before !== value && { former: before }) }, place);
    }
    this.#lines[place] += texts.length;
    const keys = texts.map(({ key }) => key);
    const script = this.#isLong(place) ? this.#renew(keys, place) : this.#append(keys, place);
    return { script, as: ofUser === undefined ? this.#places.writerOf(place) : as };
  }

  #remember(record: Line, place: RecordPlace): void {
    this.#known.set(record.key, record);
    this.#keys[place].add(record.key);
  }

  /** A text that can't be recorded is written all the same: it counts as somebody's own from then on. */
  #append(keys: readonly string[], place: RecordPlace): Sh {
    const folder = this.#places.folderOf(place);
    // The line break comes first, as the line before may have been cut.
    return sh`( umask 077; [ -d ${folder} ] || mkdir -p ${folder}; printf '\n%s' ${keys.map((key) => this.#text(key))} >>${`${folder}/${writtenFile}`} ) 2>/dev/null`;
  }

  #isLong(place: RecordPlace): boolean {
    const lines = this.#lines[place];
    return lines > 2 * this.#keys[place].size + slack || (lines >= many && lines % 100 === 0);
  }

  /** Writes the file anew, without records of files that are gone. Those of the change may be yet to come. */
  #renew(current: readonly string[], place: RecordPlace): Sh {
    const file = `${this.#places.folderOf(place)}/${writtenFile}`;
    const keys = [...this.#keys[place]];
    this.#lines[place] = keys.length;
    const lines = keys.map((key) => {
      const print = sh`printf '\n%s' ${this.#text(key)}`;
      return key.startsWith('path:') && !current.includes(key)
        ? sh`[ ! -e ${key.slice('path:'.length)} ] || ${print}`
        : print;
    });
    return sh`( umask 077; { ${joinSh(lines)}; } >${`${file}.new`} && mv -f ${`${file}.new`} ${file} ) 2>/dev/null`;
  }

  #text(key: string): string {
    return currentSecrets().redact(JSON.stringify(this.#known.get(key)));
  }
}

function readLine(text: string): Line | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined; // A line that a killed run or a full disk has cut.
  }
}
