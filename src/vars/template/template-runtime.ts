import Handlebars from 'handlebars';
import { nearest } from '../../diagnostics/nearest.js';
import { insteadOfAnsibleName } from '../jinja/ansible-names.js';
import { TemplateError, UndefinedName } from './template-error.js';
import { type Helper, helpers } from './template-helpers.js';
import { isMap, isTruthy, Later, laterIn, Missing, omit, yamlTypeName } from './template-value.js';
import { RenderedSize, refuseTooLarge, tooLarge } from './value-size.js';

/** Thrown through Handlebars where text needs a value that is not known yet. */
export class NotKnownYet extends Error {
  constructor(readonly later: Later) {
    super(later.reason);
  }
}

/** Place for the value of an expression that stands alone, and for the size of what the rendering has made so far. */
export interface Sink {
  value?: unknown;
  readonly size: RenderedSize;
}

/** Functions by which compiled templates reach their values; the last argument is always Handlebars' own options. */
const inner: Readonly<Record<string, (this: unknown, ...args: unknown[]) => unknown>> = {
  /** Finds a path in the context where it stands. */
  'look up': (...args) => {
    const [options, offset, from, ...names] = args.toReversed();
    return follow(from, [], names.toReversed().map(String), { offset: Number(offset), options });
  },
  /** Finds a path in the value of a name that a block or Handlebars itself gives. */
  'look within': (...args) => {
    const [options, offset, from, ...names] = args.toReversed();
    const [first = '', ...rest] = names.toReversed().map(String);
    const at = { offset: Number(offset), options };
    return from === undefined ? missingValue([first], undefined, at) : follow(from, [first], rest, at);
  },
  'to text': (value, offset, options) => {
    const text = toText(requireValue(value), Number(offset));
    return sinkOf(options)?.size.addText(text) ?? text;
  },
  'keep value': (value, _offset, options) => {
    const sink = sinkOf(options);
    if (sink !== undefined) sink.value = value;
    return '';
  },
};

interface LookUpContext {
  readonly offset: number;
  readonly options: unknown;
}

/** Follows names from one map or list to the next: own properties only, whatever it is a path in. */
function follow(from: unknown, before: readonly string[], names: readonly string[], at: LookUpContext): unknown {
  let value = from;
  for (const [index, name] of names.entries()) {
    if (value instanceof Later || value instanceof Missing) return value;
    const container = value;
    value = own(container, name);
    if (value === undefined) return missingValue([...before, ...names.slice(0, index + 1)], container, at);
  }
  return value;
}

function missingValue(path: readonly string[], container: unknown, { offset, options }: LookUpContext): Missing {
  const words = path.join('.');
  const outermost = path.length === 1 ? rootOf(options) : undefined;
  const hint = hintFor(words, path.at(-1) ?? '', container, outermost);
  return new Missing(new UndefinedName(words, `${words} is not defined`, { hint, offset }));
}

function own(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return /^\d+$/.test(key) ? container[Number(key)] : undefined;
  return isMap(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

function hintFor(path: string, part: string, container: unknown, outermost: unknown): string | undefined {
  if (isMap(outermost) && outermost !== container && Object.hasOwn(outermost, part)) {
    return `inside a block write @root.${part}`;
  }
  if (part === 'length' && path !== part && !isMap(container)) return `write length ${path.replace(/\.length$/, '')}`;
  if (!isMap(container)) return undefined;
  const helper = helpers.get(path);
  if (helper !== undefined) return `${path} is a function: ${helper.usage}`;
  if (Object.hasOwn(container, part)) return 'it was given without a value (undefined)';
  const instead = path === part ? insteadOfAnsibleName(part) : undefined;
  if (instead !== undefined) return instead;
  const near = nearest(part, Object.keys(container));
  return near === undefined ? undefined : `did you mean ${path.slice(0, path.length - part.length)}${near}?`;
}

/** Hands `Missing` and `Later` on, and says where a function was given values that it can't use. */
function guardHelper(name: string, helper: Helper): (...args: unknown[]) => unknown {
  return (...args) => {
    const values = args.slice(0, -2);
    if (helper.lenient !== true) {
      for (const value of values) {
        if (value instanceof Missing) return value;
        const later = laterIn(value);
        if (later !== undefined) return later;
      }
    }
    try {
      return refuseTooLarge(helper.run(...values));
    } catch (error) {
      // Node's own bound of a text is larger than ours.
      const { message: reason } = error instanceof Error && !(error instanceof RangeError) ? error : tooLarge();
      throw new TemplateError(`${name}: ${reason}`, {
        hint: `it is written ${helper.usage}`,
        offset: Number(args.at(-2)),
      });
    }
  };
}

function requireValue(value: unknown): unknown {
  if (value instanceof Missing) throw value.error;
  const later = laterIn(value);
  if (later !== undefined) throw new NotKnownYet(later);
  return value;
}

/** Refuses functions and objects of classes, which roles in TypeScript can hand over. */
function refuseWhatIsNoData(value: unknown, offset: number): void {
  const isData = typeof value !== 'function' && typeof value !== 'symbol';
  if (isData && (typeof value !== 'object' || value === null || Array.isArray(value) || isMap(value))) return;
  throw new TemplateError(`${typeof value === 'object' ? 'an object of a class' : `a ${typeof value}`} is no value`, {
    offset,
  });
}

function toText(value: unknown, offset: number): string {
  if (value === null || value === undefined || value === omit) return '';
  refuseWhatIsNoData(value, offset);
  if (typeof value === 'object') {
    const instead = Array.isArray(value)
      ? 'write {{join … ","}}, {{json …}} or {{#each …}}'
      : 'write {{json …}}, or name one of its keys';
    throw new TemplateError(`${yamlTypeName(value)} cannot stand inside text`, { hint: instead, offset });
  }
  return String(value);
}

function rootOf(options: unknown): unknown {
  return isMap(options) && isMap(options.data) ? options.data.root : undefined;
}

function sinkOf(options: unknown): Sink | undefined {
  const data = isMap(options) ? options.data : undefined;
  return isMap(data) && isSink(data.sink) ? data.sink : undefined;
}

function isSink(value: unknown): value is Sink {
  return isMap(value) && value.size instanceof RenderedSize;
}

/** Returns the inside of a block that is repeated. Its rounds and its text are bounded. */
function countRounds(options: Handlebars.HelperOptions): Handlebars.TemplateDelegate {
  const size = sinkOf(options)?.size;
  return (context, within) => {
    size?.addRound();
    const text = options.fn(context, within);
    return size?.addText(text) ?? text;
  };
}

function makeEnvironment(): typeof Handlebars {
  const environment = Handlebars.create();
  const { each, with: within } = environment.helpers;
  for (const name of Object.keys(environment.helpers)) environment.unregisterHelper(name);
  for (const [name, helper] of helpers) environment.registerHelper(name, guardHelper(name, helper));
  for (const [name, helper] of Object.entries(inner)) environment.registerHelper(name, helper);
  const choose = (wanted: boolean) =>
    function (this: unknown, value: unknown, _offset: unknown, options: Handlebars.HelperOptions) {
      if (value instanceof Later) throw new NotKnownYet(value);
      return (!(value instanceof Missing) && isTruthy(value)) === wanted ? options.fn(this) : options.inverse(this);
    };
  environment.registerHelper('if', choose(true));
  environment.registerHelper('unless', choose(false));
  for (const [name, block] of Object.entries({ each, with: within })) {
    environment.registerHelper(
      name,
      function (this: unknown, value: unknown, offset: unknown, options: Handlebars.HelperOptions) {
        const known = requireValue(value);
        refuseWhatIsNoData(known, Number(offset));
        return block?.call(this, known, { ...options, fn: countRounds(options) });
      },
    );
  }
  return environment;
}

const environment = makeEnvironment();

/** Handlebars with our functions and nothing else. */
export const runtime = {
  environment,
  known: Object.fromEntries(Object.keys(environment.helpers).map((name) => [name, true])),
};
