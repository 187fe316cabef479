import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", "*.js", "src/graphql/types.ts", "src/graphql/documents.ts", "src/graphql/pageDocuments.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 150 }],
    },
  },
  { files: ["src/components/**", "src/pages/**"], rules: { "no-restricted-globals": ["error", "fetch"] } },
  // Components get their data as properties.
  { files: ["src/components/**"], ignores: ["**/*.test.tsx"], rules: { "no-restricted-imports": ["error", { paths: ["urql", "@urql/core"] }] } },
);
