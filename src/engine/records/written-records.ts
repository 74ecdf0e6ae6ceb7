import { z } from 'zod';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { HostRecords, Removal, WrittenText } from '../../model/records.js';
import type { Become } from '../../model/task.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { RecordPlace, RecordPlaces } from './record-places.js';

/** File of the records, in the folder of a place: a JSON object a line, of which the last for a key counts. */
export const writtenFile = 'written.jsonl';

const recordedTask = z.object({ kind: z.string(), params: z.unknown() });

const made = z.object({
  /** Sites that made it, and name it still as far as is known: `folder/site.yaml`. */
  sites: z.array(z.string()),
  /** Task that made it, its role, and the name of the file that the task is in. */
  task: z.string(),
  /** Kind and id of the task's resource: `mount_unit:/srv/images`. */
  of: z.string(),
  role: z.string().optional(),
  file: z.string().optional(),
  /** Removes it; its handlers run after that. */
  removal: recordedTask.extend({
    handlers: z.array(recordedTask.extend({ name: z.string() })).optional(),
    isOfList: z.boolean().optional(),
  }),
});

const line = z.object({
  key: z.string(),
  value: z.string(),
  /** Own text that was there before; it still is if the write did not come to its end. */
  former: z.string().optional(),
  /** Set for what a run made: how it is removed again, and whose it is. */
  made: made.optional(),
  /** The record counts no more. */
  gone: z.boolean().optional(),
});
type Line = z.infer<typeof line>;

/** Origin of a thing that a run made, with its removal. */
export type MadeThing = z.infer<typeof made>;

/** Task that makes things, for their records. */
export interface MadeBy extends Omit<MadeThing, 'sites' | 'removal'> {
  /** `folder/site.yaml` */
  readonly site: string;
  /** Removal that the task itself has, for the first of its things. */
  readonly removal: Removal | undefined;
  /** Handlers that the task notifies, as far as a later run can make them again. */
  readonly handlers: readonly RecordedHandler[];
}

type RecordedHandler = NonNullable<MadeThing['removal']['handlers']>[number];

/** Thing that an earlier run made, by its name in the records. */
export interface MadeRecord extends MadeThing {
  readonly key: string;
}

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
   * @param by the task of the change; undefined where the site has no name, or the task is another host's
   */
  recordScript(texts: readonly WrittenText[], as: Become, by?: MadeBy): RecordScript | undefined {
    if (texts.length === 0) return undefined;
    const ofUser = this.#places.placeFor(as);
    const place = ofUser ?? this.#places.mainPlace();
    for (const [index, { key, value, before, removal }] of texts.entries()) {
      const known = this.#known.get(key);
      const isOwn = before !== undefined && this.valuesOf(key).includes(before);
      const made = madeThing(known?.made, by, (index === 0 ? by?.removal : undefined) ?? removal);
      this.#remember(
        { key, value, ...(isOwn && before !== value && { former: before }), ...(made && { made }) },
        place,
      );
    }
    const script = this.#write(
      texts.map(({ key }) => key),
      place,
    );
    return { script, as: ofUser === undefined ? this.#places.writerOf(place) : as };
  }

  /** Returns what earlier runs made, the newest first. */
  things(): readonly MadeRecord[] {
    return [...this.#known.values()]
      .flatMap(({ key, made }) => (made === undefined ? [] : [{ key, ...made }]))
      .reverse();
  }

  /** Returns the script that changes which sites name a thing; without any, it is forgotten. Undefined for none. */
  claimScript(claims: ReadonlyMap<string, readonly string[]>): RecordScript | undefined {
    const place = this.#places.mainPlace();
    const keys = [...claims.keys()].filter((key) => this.#keys[place].has(key));
    if (keys.length === 0) return undefined;
    const gone: Line[] = [];
    for (const key of keys) {
      const known = this.#known.get(key);
      const sites = [...(claims.get(key) ?? [])];
      if (sites.length === 0) gone.push({ key, value: '', gone: true });
      else if (known?.made) this.#remember({ ...known, made: { ...known.made, sites } }, place);
    }
    const script = this.#write(keys, place, gone);
    for (const record of gone) this.#remember(record, place);
    return { script, as: this.#places.writerOf(place) };
  }

  #remember(record: Line, place: RecordPlace): void {
    if (record.gone === true) {
      this.#known.delete(record.key);
      this.#keys[place].delete(record.key);
      return;
    }
    // What was made last is last.
    if (record.made !== undefined) this.#known.delete(record.key);
    this.#known.set(record.key, record);
    this.#keys[place].add(record.key);
  }

  #write(keys: readonly string[], place: RecordPlace, gone: readonly Line[] = []): Sh {
    this.#lines[place] += keys.length;
    for (const record of gone) this.#keys[place].delete(record.key);
    const texts = keys.flatMap((key) => gone.find((record) => record.key === key) ?? this.#known.get(key) ?? []);
    return this.#isLong(place) ? this.#renew(keys, place) : this.#append(texts, place);
  }

  /** A text that can't be recorded is written all the same: it counts as somebody's own from then on. */
  #append(records: readonly Line[], place: RecordPlace): Sh {
    const folder = this.#places.folderOf(place);
    // The line break comes first, as the line before may have been cut.
    return sh`( umask 077; [ -d ${folder} ] || mkdir -p ${folder}; printf '\n%s' ${records.map(textOf)} >>${`${folder}/${writtenFile}`} ) 2>/dev/null`;
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
      const print = sh`printf '\n%s' ${this.#known.has(key) ? textOf(this.#known.get(key)) : ''}`;
      const path = key.slice('path:'.length);
      return key.startsWith('path:') && !current.includes(key)
        ? sh`if [ -e ${path} ] || [ -L ${path} ]; then ${print}; fi`
        : print;
    });
    return sh`( umask 077; { ${joinSh(lines)}; } >${`${file}.new`} && mv -f ${`${file}.new`} ${file} ) 2>/dev/null`;
  }
}

/** Script that writes records, and the user who can run it. */
export interface RecordScript {
  readonly script: Sh;
  readonly as: Become;
}

/** A secret in the removal would make another removal of it: such a thing is not recorded as made. */
function textOf(record: Line | undefined): string {
  const text = JSON.stringify(record);
  const shown = currentSecrets().redact(text);
  if (shown === text || record?.made === undefined) return shown;
  return currentSecrets().redact(JSON.stringify({ ...record, made: undefined }));
}

/** Returns whose a thing is, and how it is removed: as this change says, else as an earlier one did. */
function madeThing(
  known: MadeThing | undefined,
  by: MadeBy | undefined,
  removal: Removal | undefined,
): MadeThing | undefined {
  if (by === undefined) return known;
  const { site, task, of, role, file, handlers } = by;
  const how = removal === undefined ? known?.removal : recordedRemoval(removal, handlers);
  if (how === undefined) return undefined;
  return {
    sites: [...new Set([...(known?.sites ?? []), site])],
    task,
    of,
    ...(role !== undefined && { role }),
    ...(file !== undefined && { file }),
    removal: how,
  };
}

function recordedRemoval(
  { kind, params, notifies = false, isOfList = false }: Removal,
  handlers: readonly RecordedHandler[],
): MadeThing['removal'] {
  return {
    kind,
    params,
    ...(notifies && handlers.length > 0 && { handlers: [...handlers] }),
    ...(isOfList && { isOfList }),
  };
}

/** Lines that were read: hosts that a site makes alike have mostly the same. */
let alreadyRead = new Map<string, Line | undefined>();

/** Most lines that are kept: some megabytes. */
const mostKept = 5000;

function readLine(text: string): Line | undefined {
  if (alreadyRead.has(text)) return alreadyRead.get(text);
  if (alreadyRead.size >= mostKept) alreadyRead = new Map();
  const read = parseLine(text);
  alreadyRead.set(text, read);
  return read;
}

function parseLine(text: string): Line | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined; // A line that a killed run or a full disk has cut.
  }
}
