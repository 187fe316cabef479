import type { CombinedError, OperationResult } from "@urql/core";
import { onEnd, pipe, subscribe, type Source } from "wonka";

/** Follows a subscription. Once the server ends it, `over` is called, with the error if there is one. */
export function follow<Data>(
  source: Source<OperationResult<Data>>, next: (data: Data) => void, over: (error?: CombinedError) => void,
): () => void {
  let done = false;
  const end = (error?: CombinedError) => {
    if (done) return;
    done = true;
    over(error);
  };
  const following = pipe(source, onEnd(() => { end(); }), subscribe(({ data, error }) => {
    // The result of an error repeats the data before it.
    if (error) end(error);
    else if (data) next(data);
  }));
  return () => {
    done = true;
    following.unsubscribe();
  };
}
