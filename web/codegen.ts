import type { CodegenConfig } from "@graphql-codegen/cli";

const later = ["/camera.graphql", "/pages.graphql", "/words.graphql"];

// Types and documents come from the server's schema, so a field that it does not have fails here.
const config: CodegenConfig = {
  schema: "../schema.graphqls",
  documents: "src/graphql/*.graphql",
  generates: {
    "src/graphql/types.ts": {
      plugins: ["typescript-operations"],
      config: {
        scalars: { Time: "string", Cursor: "string", Date: "string", ID: "string" },
        useTypeImports: true,
        enumsAsTypes: true,
        skipTypename: true,
      },
    },
    // The first screen does not wait for the documents of other pages.
    "src/graphql/documents.ts": { plugins: ["./codegen-documents.js"], config: { except: later } },
    "src/graphql/pageDocuments.ts": { plugins: ["./codegen-documents.js"], config: { only: later } },
  },
};
export default config;
