// Writes each operation with its fragments as one typed document. Fields that ../schema.graphqls
// does not have are left out, and listed in "absent", so that the pages can ask for them.
import { readFileSync } from "node:fs";
import { buildSchema, Kind, print, stripIgnoredCharacters, TypeInfo, visit, visitWithTypeInfo } from "graphql";

// prune removes unknown fields, the fields whose selection became empty, and unused variables.
function prune(document, absent) {
  const info = new TypeInfo(buildSchema(readFileSync("../schema.graphqls", "utf8")));
  const known = visit(document, visitWithTypeInfo(info, {
    Field: {
      enter(field) {
        const parent = info.getParentType();
        if (!parent || info.getFieldDef()) return undefined;
        absent.add(`${parent.name}.${field.name.value}`);
        return null;
      },
    },
    FragmentDefinition: (node) => (info.getType() ? undefined : empty(node)),
  }));
  const fragments = new Set(known.definitions.flatMap((d) =>
    d.kind === Kind.FRAGMENT_DEFINITION && d.selectionSet.selections.length > 0 ? [d.name.value] : []));
  return visit(known, {
    FragmentSpread: (node) => (fragments.has(node.name.value) ? undefined : null),
    Field: { leave: (node) => (node.selectionSet?.selections.length === 0 ? null : undefined) },
    OperationDefinition: { leave: usedVariables },
  });
}

function empty(node) {
  return { ...node, selectionSet: { ...node.selectionSet, selections: [] } };
}

function usedVariables(node) {
  const used = new Set();
  visit(node.selectionSet, { Variable: (v) => void used.add(v.name.value) });
  return { ...node, variableDefinitions: node.variableDefinitions?.filter((v) => used.has(v.variable.name.value)) };
}

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

export function plugin(_schema, files) {
  const absent = new Set();
  const definitions = files.flatMap((file) => file.document?.definitions ?? []);
  const pruned = prune({ kind: Kind.DOCUMENT, definitions }, absent).definitions;
  const fragments = new Map(pruned.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d]] : [])));
  const types = new Set();
  const documents = pruned.flatMap((d) => {
    if (d.kind !== Kind.OPERATION_DEFINITION || !d.name) return [];
    const name = d.name.value;
    const suffix = d.operation[0]?.toUpperCase() + d.operation.slice(1);
    types.add(`${name}${suffix}`).add(`${name}${suffix}Variables`);
    // A document without fields stays as one that the server answers, so that importing it works.
    const text = d.selectionSet.selections.length === 0
      ? `${d.operation} ${name} { __typename }`
      : [d, ...[...needed(d, fragments)].sort().map((f) => fragments.get(f) ?? d)].map((n) => print(n)).join("\n");
    return [`export const ${name}Document = /* @__PURE__ */ gql<${name}${suffix}, ${name}${suffix}Variables>(\n  ${JSON.stringify(stripIgnoredCharacters(text))},\n);`];
  });
  return [
    'import { gql } from "@urql/core";',
    `import type {\n${[...types].sort().map((t) => `  ${t},`).join("\n")}\n} from "./types";`,
    `/** The fields of the documents that this server does not have. */\nexport const absent: ReadonlySet<string> = new Set<string>(${JSON.stringify([...absent].sort())});`,
    ...documents,
  ].join("\n\n") + "\n";
}
