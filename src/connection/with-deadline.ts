/** Runs callback-style work with a deadline in seconds. @param late makes the error for work that takes longer */
export function withDeadline<Value>(
  seconds: number,
  late: () => Error,
  start: (resolve: (value: Value) => void, reject: (error: Error) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), seconds * 1000);
    const settle =
      <Result>(give: (result: Result) => void) =>
      (result: Result) => {
        clearTimeout(timer);
        give(result);
      };
    start(settle(resolve), settle(reject));
  });
}
