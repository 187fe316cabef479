import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { App } from "./App";
import { createConsoleClient } from "./graphql/client";
import { applyTheme } from "./hooks/useTheme";
import { startTexts } from "./i18n";
import "./styles/base.css";
import "./styles/now.css";

applyTheme();
await startTexts();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Provider value={createConsoleClient()}>
        <App />
      </Provider>
    </StrictMode>,
  );
}

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  window.addEventListener("load", () => { void navigator.serviceWorker.register("/sw.js").catch(() => undefined); });
}
