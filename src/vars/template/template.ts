import { compileTemplate } from './template-compile.js';
import { TemplateError, TooEarly, UndefinedName } from './template-error.js';
import { NotKnownYet, type Sink } from './template-runtime.js';
import { Data, isMap, Later, Missing, omit } from './template-value.js';
import { RenderedSize, refuseTooLarge } from './value-size.js';

/**
 * Names and their values. Values may be templates of each other, rendered when they are first needed; {@link Data}
 * is taken as it is, {@link Later} is not known yet. A scope must not be changed once it has been used.
 */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * Renders every text inside a value. An expression alone (`{{expr}}`) keeps its type. Where it depends on something
 * that is not known yet, {@link Later} stands in the result.
 *
 * @throws TemplateError
 */
export function renderValue(value: unknown, scope: Scope): unknown {
  return refuseTooLarge(render(value, viewOf(scope)));
}

/**
 * Returns the rendered value of a variable, whatever its name is made of: one like `a}}{{b` or `true` is no template.
 *
 * @throws TemplateError; an UndefinedName where the scope has no such name
 */
export function variableValue(name: string, scope: Scope): unknown {
  const value = Object.hasOwn(scope, name) ? viewOf(scope).names[name] : undefined;
  if (value === undefined) throw new UndefinedName(name, `${name} is not defined`);
  if (value instanceof Missing) throw value.error;
  return refuseTooLarge(value);
}

/**
 * Renders a file.
 *
 * @throws TemplateError, which is a TooEarly where the text depends on something that is not known yet
 */
export function renderText(text: string, scope: Scope): string {
  const rendered = renderString(text, viewOf(scope), 'text');
  if (rendered instanceof Later) throw new TooEarly(`the text depends on ${rendered.reason}`);
  return String(rendered);
}

interface View {
  readonly names: Readonly<Record<string, unknown>>;
}

const views = new WeakMap<Scope, View>();
const traces = new WeakMap<Scope, Set<string>>();

/** Has the names noted that are read of a scope, from its first use on. */
export function traceReads(scope: Scope, names: Set<string>): void {
  traces.set(scope, names);
}

/** Returns a scope with more names than another, of which it stands in the place: what is noted of one is of the other. */
export function extendScope(scope: Scope, more: Readonly<Record<string, unknown>>): Scope {
  const extended = { ...scope, ...more };
  const trace = traces.get(scope);
  if (trace !== undefined) traces.set(extended, trace);
  return extended;
}

function viewOf(scope: Scope): View {
  const known = views.get(scope);
  if (known !== undefined) return known;
  const view = makeView(scope);
  views.set(scope, view);
  return view;
}

/** Makes an object whose properties are the rendered variables, each rendered once, when it is first read. */
function makeView(scope: Scope): View {
  // With a prototype: Handlebars compares it to the items of loops, which makes text of it.
  const names: Record<string, unknown> = {};
  const view = { names };
  const done = new Map<string, unknown>();
  const underWay: string[] = [];
  const trace = traces.get(scope);
  for (const name of Object.keys(scope)) {
    Object.defineProperty(names, name, {
      enumerable: true,
      get: () => {
        trace?.add(name);
        if (done.has(name)) return done.get(name);
        if (underWay.includes(name)) throw circle([...underWay.slice(underWay.indexOf(name)), name]);
        if (underWay.length >= longestChain) throw tooLong(name);
        underWay.push(name);
        try {
          const value = renderVariable(name, scope[name], view);
          done.set(name, value);
          return value;
        } finally {
          underWay.pop();
        }
      },
    });
  }
  return view;
}

/** Most variables that are made of each other, one of the next. */
const longestChain = 100;

function tooLong(name: string): TemplateError {
  const message = `more than ${longestChain} variables are made of each other, one of the next`;
  return new TemplateError(message, { hint: 'give one of them a literal value', variable: name });
}

function circle(chain: readonly string[]): TemplateError {
  return new TemplateError(`variables are defined by each other: ${chain.join(' -> ')}`, {
    hint: 'give one of them a literal value',
    variable: chain[0] ?? '',
  });
}

function renderVariable(name: string, value: unknown, view: View): unknown {
  if (value instanceof Data) return value.value;
  try {
    return refuseTooLarge(render(value, view));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error.variable !== undefined && !(error instanceof UndefinedName)) throw error;
    const details = {
      hint: error.hint,
      variable: error.variable ?? name,
      ...(error.offset === undefined ? {} : { offset: error.offset }),
    };
    const message = error.variable === undefined ? `${error.message}, in the value of ${name}` : error.message;
    if (error instanceof UndefinedName) return new Missing(new UndefinedName(error.path, message, details));
    throw new TemplateError(message, details);
  }
}

function render(value: unknown, view: View): unknown {
  if (typeof value === 'string') return renderString(value, view, 'value');
  if (Array.isArray(value)) return value.map((entry) => render(entry, view)).filter((entry) => entry !== omit);
  if (value instanceof Data) return value.value;
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [key, render(entry, view)]);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== omit));
}

function renderString(text: string, view: View, as: 'value' | 'text'): unknown {
  const template = compileTemplate(text, as);
  if (template.kind === 'literal') return template.value;
  const sink: Sink = { size: new RenderedSize() };
  try {
    const rendered = template.run(view.names, {
      data: { sink },
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
    if (template.kind === 'text') return refuseTooLarge(rendered);
  } catch (error) {
    if (error instanceof NotKnownYet) return error.later;
    throw error;
  }
  if (sink.value instanceof Missing) throw sink.value.error;
  return sink.value ?? null;
}
