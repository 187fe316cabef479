// Writes each operation with its fragments as one typed document. The operations are those of the
// files that the configuration names, or of all others.
import { Kind, print, stripIgnoredCharacters, visit } from "graphql";

// needed returns the fragments that a node spreads, also through other fragments.
function needed(node, all, found = new Set()) {
  visit(node, {
    FragmentSpread(spread) {
      const fragment = all.get(spread.name.value);
      if (!fragment || found.has(spread.name.value)) return;
      found.add(spread.name.value);
      needed(fragment, all, found);
    },
  });
  return found;
}

const named = (files, location) => files.some((name) => location.endsWith(name));

export function plugin(_schema, files, { only, except }) {
  const ours = new Set(files.filter(({ location = "" }) => (only ? named(only, location) : !named(except, location))).flatMap((file) => file.document?.definitions ?? []));
  const definitions = files.flatMap((file) => file.document?.definitions ?? []);
  const fragments = new Map(definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d]] : [])));
  const types = new Set();
  const documents = definitions.flatMap((d) => {
    if (d.kind !== Kind.OPERATION_DEFINITION || !d.name || !ours.has(d)) return [];
    const name = d.name.value;
    const suffix = d.operation[0]?.toUpperCase() + d.operation.slice(1);
    types.add(`${name}${suffix}`).add(`${name}${suffix}Variables`);
    const text = [d, ...[...needed(d, fragments)].sort().map((f) => fragments.get(f))].map((n) => print(n)).join("\n");
    return [`export const ${name}Document = /* @__PURE__ */ gql<${name}${suffix}, ${name}${suffix}Variables>(\n  ${JSON.stringify(stripIgnoredCharacters(text))},\n);`];
  });
  return [
    'import { gql } from "@urql/core";',
    `import type {\n${[...types].sort().map((t) => `  ${t},`).join("\n")}\n} from "./types";`,
    ...documents,
  ].join("\n\n") + "\n";
}
