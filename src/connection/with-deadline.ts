/** A promise with a deadline in seconds, for callbacks that may never be called. */
export function within<Value>(
  seconds: number,
  late: () => Error,
  start: (resolve: (value: Value) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => reject(late()), seconds * 1000);
    const settle =
      <Result>(give: (result: Result) => void) =>
      (result: Result) => {
        clearTimeout(clock);
        give(result);
      };
    start(settle(resolve), settle(reject));
  });
}
