import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiProblem } from '../../kernel/api/api.js';
import { useAction } from './use-action.js';

/** Values of a form, by the names of its fields. */
export type FormValues = Readonly<Record<string, string | boolean>>;

/** Form: its values, what the API says of them, and the properties of its fields. */
export interface Form<Values extends FormValues> {
  readonly values: Values;
  readonly set: <Name extends keyof Values>(name: Name, value: Values[Name]) => void;
  /** Properties of a text's field. The pointer is its place in the request, where that is another. */
  readonly text: (name: keyof Values & string, pointer?: string) => TextProps;
  /** Properties of the field of a yes or no. */
  readonly check: (name: keyof Values & string) => CheckProps;
  /** Returns what is wrong at a place of the request. */
  readonly errorAt: (pointer: string) => string | undefined;
  readonly problem: ApiProblem | undefined;
  readonly isBusy: boolean;
  readonly onSubmit: (event: Event) => void;
  readonly reset: () => void;
}

interface TextProps {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}

interface CheckProps {
  readonly name: string;
  readonly isChecked: boolean;
  readonly onChange: (value: boolean) => void;
}

/** Makes a form of its first values and of what sends it. A refusal leads to the first field that is wrong. */
export function useForm<Values extends FormValues>(
  first: Values,
  send: (values: Values) => Promise<unknown>,
): Form<Values> {
  const [values, setValues] = useState(first);
  const action = useAction(async () => await send(values));
  const element = useRef<HTMLFormElement | null>(null);
  const set = <Name extends keyof Values>(name: Name, value: Values[Name]) =>
    setValues((former) => ({ ...former, [name]: value }));
  const errorAt = (pointer: string) => action.problem?.errors.find((each) => each.pointer === pointer)?.detail;
  useEffect(() => {
    if (action.problem !== undefined) element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [action.problem]);
  return {
    values,
    set,
    text: (name, pointer = `/${name}`) => ({
      name,
      value: String(values[name]),
      onValue: (value) => set(name, value as Values[typeof name]),
      error: errorAt(pointer),
    }),
    check: (name) => ({
      name,
      isChecked: values[name] === true,
      onChange: (value) => set(name, value as Values[typeof name]),
    }),
    errorAt,
    problem: action.problem,
    isBusy: action.isBusy,
    onSubmit: (event) => {
      event.preventDefault();
      element.current = event.currentTarget instanceof HTMLFormElement ? event.currentTarget : null;
      void action.run();
    },
    reset: () => {
      setValues(first);
      action.forget();
    },
  };
}
