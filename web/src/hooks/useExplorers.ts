import { useEffect, useState } from "react";

/** Whether the server has GraphiQL and Playground, which may be off. */
export function useExplorers(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    void fetch("/graphiql", { method: "HEAD" }).then((res) => { setThere(res.ok); }, () => undefined);
  }, []);
  return there;
}
